/** What the whole page knows: who is here, what waits, what was just said. */
import { api, Offline, Problem } from './api'
import { t, said } from './i18n.svelte'
import { connection, hear } from './live.svelte'
import { Resource } from './resource.svelte'
import type { Approval, Scope, Session, Summary } from './types'

export const session = $state<{ now: Session | null }>({ now: null })

export const may = (scope: Scope) => session.now?.device.scopes.includes(scope) ?? false

// -- notes: one line that says what was done, or why not

export interface Note { id: number; text: string; bad: boolean }
let count = 0
export const notes = $state<Note[]>([])

export function note(text: string, bad = false): void {
  const id = ++count
  notes.push({ id, text, bad })
  setTimeout(() => dismiss(id), bad ? 12000 : 5000)
}

export function dismiss(id: number): void {
  const at = notes.findIndex((entry) => entry.id === id)
  if (at >= 0) notes.splice(at, 1)
}

export function explain(error: unknown): string {
  if (error instanceof Problem) return said(error.sentence)
  if (error instanceof Offline) {
    connection.lost()
    return t('offline-action')
  }
  throw error
}

/** Do something a person asked for; say why where it could not be done. Returns what came of it, or undefined. */
export async function attempt<T>(work: () => Promise<T>, done?: string): Promise<T | undefined> {
  try {
    const value = await work()
    if (done) note(done)
    return value
  } catch (error) {
    note(explain(error), true)
    return undefined
  }
}

// -- what is kept fresh for every view

const TASKS = /^(task\.|plan\.|work\.|review\.|apply\.(done|settled)|report\.|stop\.|approval\.)/

export const recent = new Resource<{ tasks: Summary[]; next: string | null }>((signal) => api.get('/api/tasks', { limit: 30 }, signal), false)
export const waiting = new Resource<{ approvals: Approval[] }>((signal) => api.get('/api/approvals', {}, signal), false)

export function keepFresh(): void {
  void recent.load()
  void waiting.load()
  hear((fact) => {
    if (!TASKS.test(fact.kind)) return
    recent.soon()
    waiting.soon()
    notify(fact.kind, fact.task)
  })
}

// -- the browser's own notifications, where the person asked for them

const NOTIFY: Record<string, string> = {
  'plan.proposed': 'notify-plan', 'review.ready': 'notify-review', 'approval.asked': 'notify-approval', 'task.failed': 'notify-failed', 'report.built': 'notify-report',
}

export const wantsNotifications = () => 'Notification' in window && Notification.permission === 'granted' && localStorage.getItem('confrere-notify') === 'yes'

async function notify(kind: string, task: string): Promise<void> {
  const key = NOTIFY[kind]
  if (!key || !wantsNotifications() || !document.hidden) return
  const brief = recent.data?.tasks.find((entry) => entry.id === task)?.brief ?? ''
  const shown = new Notification(t(key), { body: brief.slice(0, 120), tag: task, icon: '/icon.svg' })
  shown.onclick = () => {
    window.focus()
    history.pushState(null, '', `/tasks/${task}`)
    dispatchEvent(new PopStateEvent('popstate'))
    shown.close()
  }
}
