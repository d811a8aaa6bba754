/** One line about an event, for a person: from its own words where the page knows the kind, else as the gateway sums it up. */
import { known, said, span, t } from './i18n.svelte'
import { headline, shown } from './text'
import type { Fact } from './types'

/** What a tool does, in words. */
export const doing = (tool: string) => (known(`doing-${tool}`) ? t(`doing-${tool}`) : shown(tool).replaceAll('_', ' '))

/** What only matters to whoever looks into the machine: kept out of the short list, and always in the whole one. */
export const TELLING = [
  'task.created', 'task.done', 'task.stopped', 'task.failed', 'stop.requested', 'person.said', 'plan.proposed', 'plan.edited', 'plan.questioned',
  'plan.approved', 'plan.declined', 'work.begun', 'call.intent', 'call.outcome', 'review.ready', 'apply.done', 'report.built', 'approval.asked', 'approval.answered', 'grant.given',
  'grant.revoked', 'device.paired', 'device.revoked', 'guard.refused', 'guard.locked', 'schedule.saved', 'schedule.removed', 'schedule.paused', 'schedule.fired',
  'schedule.skipped', 'schedule.failed', 'recipe.saved', 'recipe.removed', 'settings.changed', 'value.stated', 'vault.pruned', 'person.added', 'person.changed', 'person.removed',
  'secret.kept', 'secret.forgotten', 'secret.used',
]

const text = (value: unknown) => (typeof value === 'string' ? shown(value.replace(/\s+/g, ' ').trim()) : '')
const long = (value: unknown) => (Array.isArray(value) ? value.length : ((value as { $large?: number } | undefined)?.$large ? undefined : 0))
type Body = Record<string, any>

/** By kind: the sentence and what fills it; undefined where the body does not say enough. `tools` knows the tool of a call. */
function words({ kind, body }: Fact, tools: ReadonlyMap<string, string>): string | undefined {
  const one = body as Body
  switch (kind) {
    case 'task.created':
      return t('fact-task-created', { brief: headline(text(one.brief), 140) })
    case 'message': {
      const role = String(one.message?.role ?? '')
      const said = text(one.message?.text)
      if (role === 'tool') return t('fact-message-tool', { text: said.slice(0, 160) })
      if (said) return t(role === 'user' ? 'fact-message-user' : 'fact-message-assistant', { text: said.slice(0, 160) })
      const calls = (one.message?.calls ?? []) as { tool: string }[]
      return calls.length ? t('fact-message-calls', { what: calls.map((call) => doing(call.tool)).join(', ') }) : undefined
    }
    case 'person.said':
      return t('fact-message-user', { text: text(one.text).slice(0, 160) })
    case 'plan.proposed': {
      const count = one.plan?.$large ? undefined : long(one.plan?.steps)
      return t(count ? 'fact-plan-steps' : count === 0 ? 'fact-plan-answer' : 'fact-plan-proposed', { count: count ?? 0 })
    }
    case 'call.intent': {
      const verdict = String(one.verdict?.verdict ?? '')
      return one.tool && known(`fact-intent-${verdict}`) ? t(`fact-intent-${verdict}`, { what: doing(String(one.tool)) }) : undefined
    }
    case 'call.outcome': {
      const tool = tools.get(String(one.call)) || (known(`doing-${one.call}`) ? String(one.call) : '')
      return known(`fact-outcome-${one.status}`) ? t(`fact-outcome-${one.status}`, { what: tool ? doing(tool) : t('fact-action') }) : undefined
    }
    case 'folder.counted':
      return long(one.files) === undefined ? undefined : t('fact-counted', { count: long(one.files)! })
    case 'review.ready': {
      const count = Object.values((one.counts ?? {}) as Record<string, number>).reduce((sum, part) => sum + part, 0)
      return t('fact-review', { count })
    }
    case 'apply.done':
      return t(one.undo ? 'fact-undone' : 'fact-applied')
    case 'work.session':
      return t('fact-session', { time: span(Number(one.seconds ?? 0)) })
    case 'device.paired':
      return t('fact-paired', { name: text(one.name) })
    case 'guard.refused':
      return t('fact-refused', { path: text(one.path) })
    case 'value.stated':
      return one.baseline_minutes ? t('fact-value', { count: Number(one.baseline_minutes) }) : undefined
  }
  const key = `fact-${kind.replace('.', '-')}`
  return known(key) ? t(key) : undefined
}

export const toolsOf = (facts: Fact[]) => new Map(facts.filter((fact) => fact.kind === 'call.intent').map((fact) => [`${fact.task} ${String(fact.body.call)}`, String(fact.body.tool ?? '')]))

export function lineOf(fact: Fact, tools: ReadonlyMap<string, string> = new Map()): string {
  const mine = fact.kind === 'call.outcome' ? new Map([[String(fact.body.call), tools.get(`${fact.task} ${String(fact.body.call)}`) ?? '']]) : tools
  return words(fact, mine) ?? (fact.summary ? shown(said(fact.summary)) : fact.kind)
}
