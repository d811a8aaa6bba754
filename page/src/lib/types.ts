/** The shapes of the gateway's API, as docs/api.md gives them. */

export interface Sentence { code: string; en: string; fr: string }
export type Scope = 'look' | 'brief' | 'approve' | 'administer'

export interface Device { id: string; name: string; kind: string; scopes: Scope[]; paired: string; seen?: string; revoked?: string; this?: boolean; person?: string }
export interface Budgets { max_tokens?: number | null; max_cost_usd?: number | null; max_minutes?: number | null; month_usd?: number | null }
export interface Person {
  id: string; name: string; admin?: boolean; folders?: { path: string; readonly?: boolean }[]; budgets?: Budgets; created: string; owner: boolean; devices: number
  month: { cost_usd: number; tokens: number }; this: boolean
}
export interface Grant { id: string; what: string; value: string; scope: string; task: string; limit: number; used: number; expires: string; by: string; revoked: boolean }
export interface Secret { name: string; hosts: string[]; note: string; changed: string }
export interface Session { device: Device; person?: Person; people?: number; version: string; language: string; home: string; tls: boolean; address: string }

export type State =
  | 'drafted' | 'planned' | 'approved' | 'running' | 'waiting' | 'review' | 'applied' | 'done' | 'stopped' | 'failed' | 'declined' | 'undone'

export interface Summary {
  id: string; state: State; brief: string; language: string; model: string; created: string; updated: string; folders: string[]
  steps: number; steps_done: number; waits_for: '' | 'plan' | 'changes' | 'approval'; working: boolean; failure?: Sentence
  counts: Record<string, number>; schedule?: string; recipe?: string
}
export type Risk = 'none' | 'changes' | 'acts'
export interface Step {
  id: string; tool: string; title: string; args: Record<string, unknown>; touches: string[]; files: number; risk: Risk; grants: string[]; doubts: string[]
}
export interface Plan {
  steps: Step[]; grants: string[]; doubts: string[]; not_understood: string[]; warnings: string[]; language: string; answer: string
}
export interface StepState { status: 'waiting' | 'running' | 'done' | 'failed' | 'refused' | 'asked'; calls: number; seconds: number }
export interface Progress { step: string; call: string; done: number; total: number; what: string; seconds_left?: number }
export interface Usage { input_tokens: number; output_tokens: number; cached_tokens: number; requests: number; cost_usd: number | null }
export interface Root { name: string; path: string; readonly: boolean }
export interface Task extends Summary {
  roots: Root[]; plan: Plan | null; plan_hash: string; answer: string; steps_state: Record<string, StepState>; progress: Progress | null
  usage: Usage; warnings: string[]; seconds: number; has_report: boolean; outcomes: number; undone: number
  said?: { n: number; at: string; text: string; by: string }[]
}
/** Whether a word to it would be heard. */
export const speakable = (task: Task) => ['drafted', 'planned', 'approved', 'running', 'waiting', 'review'].includes(task.state)
export interface Message {
  n: number; role: 'user' | 'assistant' | 'tool'; text: string; calls: { id: string; tool: string; args: unknown }[]; tool: string; failed: boolean; label: string
}
export interface Call {
  id: string; tool: string; step: string; effect: string; status: 'open' | 'ok' | 'error' | 'refused' | 'asked'; rule: string; reason: Sentence
  seconds: number; text: string
}
export interface FileState { type: 'file' | 'dir' | 'symlink'; size: number; sha256: string; mtime: string }
export type Kind = 'create' | 'modify' | 'move' | 'delete' | 'mkdir' | 'rmdir'
export interface Change {
  kind: Kind; path: string; origin: string; before: FileState | null; after: FileState | null; step: string; call: string; conflict: Sentence | null
}
export interface Left { path: string; reason: Sentence }
export interface Changes { task: string; digest: string; state: 'proposed' | 'applied'; counts: Record<string, number>; changes: Change[]; left: Left[] }
export interface Applied { task: Task; made: number; refused: Left[] }
export interface Context {
  folders: { name: string; path: string; readonly: boolean; hidden: number }[]; model: string; local: boolean; hosts: string[]; usage: Usage
  left_the_machine: string[]; budgets: { max_tokens: number; max_cost_usd: number; max_minutes: number }
}
export interface Deliverable { path: string; view_path: string; kind: string; size: number; sha256: string; applied: boolean; findings: string[]
  /** Set here, not by the gateway: no report has looked at it yet. */
  unchecked?: boolean }
export interface Report {
  task: string; brief: string; state: State; model: string; answer: string; deliverables: Deliverable[]; counts: Record<string, number>
  checks: { code: string; ok: boolean; text: string }[]; doubts: string[]; omissions: { path: string; reason: string }[]; warnings: string[]
  refused: { path: string; reason: string }[]; seconds: number; tokens: Record<string, number>; cost_usd: number | null; left_the_machine: string[]
}

export interface Entry {
  path: string; name: string; type: 'file' | 'dir' | 'symlink' | 'special'; size: number; mtime: string
  change: '' | 'new' | 'changed' | 'moved' | 'deleted'; origin?: string
}
export interface Folders {
  path: string; parent: string | null; name: string; allowed: boolean; why?: Sentence
  folders: { name: string; path: string; allowed: boolean }[]; places: { name: string; path: string }[]
}
export interface Sheet { name: string; rows: (string | number | boolean | null)[][]; formulas: Record<string, string>; columns: number; total_rows: number; header: boolean }
export interface RecordField { value: string; confidence: number; source: string; box?: [number, number, number, number]; page?: number }
export interface Preview {
  path: string; kind: string; mime: string; size: number; view: 'sheets' | 'pages' | 'text' | 'mail' | 'image' | 'archive' | 'none'
  sheets?: Sheet[]; pages?: number; page_texts?: string[]; text?: string
  mail?: { from: string; to: string; cc: string; date: string; subject: string; text: string; attachments: string[] }
  warnings: { code: string; where: string; text: string }[]; error: string; truncated: boolean
  record?: { type: string; fields: Record<string, RecordField>; check: Record<string, string> }; sizes?: [number, number][]
}
export interface CellDiff { sheet: string; cell: string; before: string; after: string; formula_before?: string; formula_after?: string }
export interface BlockDiff { op: 'same' | 'add' | 'del' | 'change'; before: string; after: string; label: string; page_before?: number | null; page_after?: number | null }
export interface Diff {
  path: string; kind: 'cells' | 'paragraphs' | 'slides' | 'text' | 'binary' | 'none'; cells?: CellDiff[]; blocks?: BlockDiff[]; more: number
  before: { size: number; sha256: string } | null; after: { size: number; sha256: string } | null
}

export interface Fact {
  seq: number; task: string; n: number; at: string; kind: string; body: Record<string, unknown>; prev?: string; hash?: string; summary?: { en: string; fr: string }
}
export interface Live { task: string; kind: 'progress' | 'text'; text?: string; offset?: number; reset?: boolean; step?: string; call?: string; done?: number; total?: number; what?: string; seconds_left?: number }

export interface Argument { name: string; role: string; value: unknown; good: boolean; why?: string; from?: string[]; resembles?: string[] }
export interface Card {
  tool?: string; effect?: string; kind?: string; undo?: boolean; rule?: string; reason?: string | Sentence; arguments?: Argument[]; after?: string[]; also?: number
  'could-get'?: string[]; grantable?: { what: string; value: string }[]
  [name: string]: unknown
}
export interface Approval {
  id: string; kind: 'plan' | 'changes' | 'call'; task: string; brief: string; asked: string; expires?: string; digest: string; title: Sentence
  cards: Card[]; counts?: Record<string, number>; widen?: { scope: 'task' | 'always'; sentence: Sentence }[]
}

export interface ModelEntry { name: string; where: string; local: boolean; used: boolean; models: string[]; why: string }
export interface Models { used: string; models: ModelEntry[] }
export interface Settings { model: string; language: string; vault_days: number; max_tokens: number; max_cost_usd: number; max_minutes: number }
export interface Vault { objects: number; bytes: number; days: number; oldest: string }
export interface Exposure { checks: { code: string; ok: boolean; text: string }[]; listens: string[] }

export interface ValueLine {
  task: string; brief: string; created: string; state: State; baseline_minutes: number; stated: boolean; minutes: number; minutes_saved: number
  files: number; deliverables: number; corrections: number; cost_usd: number | null
}
export interface Value {
  from: string; to: string; tasks: number; minutes_saved: number; minutes_worked: number; cost_usd: number | null; corrections: number; stated: number
  rule: Sentence; lines: ValueLine[]
}

export type When =
  | { kind: 'cron'; cron: string; zone: string } | { kind: 'every'; seconds: number } | { kind: 'once'; at: string }
  | { kind: 'folder'; path: string; settle: number } | { kind: 'hook' }
export interface Run { due: string; at: string; task: string | null; outcome: 'started' | 'skipped' | 'failed'; late_seconds: number; reason?: Sentence; state?: State }
export interface NewSchedule {
  name: string; brief: string; folders: { path: string; readonly?: boolean }[]; model?: string; recipe?: string; values?: Record<string, string>
  when: When | { text: string }; missed?: 'once' | 'skip'; unattended?: 'plan' | 'work' | 'apply'
}
export interface Schedule extends Omit<NewSchedule, 'when'> {
  id: string; when: When; created: string; paused: boolean; next: string | null; last?: Run; sentence: Sentence; hook_url?: string; secret?: string
}
export interface Reading { when: When; sentence: Sentence; next: string[] }

export interface Parameter { name: string; kind: 'folder' | 'month' | 'year' | 'date' | 'text'; value: string; label: Sentence; used_in: string[] }
export interface Recipe { id: string; name: string; brief: string; created: string; from_task: string; folders: string[]; plan: Plan; parameters: Parameter[]; runs: number }
