/** The journal as it grows, over one event stream for the whole page, and whether the gateway is there. */
import { api, credential, Offline, Problem } from './api'
import type { Fact, Live } from './types'

type Hear = (fact: Fact) => void

const hearers = new Set<Hear>()
let source: EventSource | null = null
let last = 0
let retry: ReturnType<typeof setTimeout> | undefined
let waited = 0

class Connection {
  /** "" before the first answer, then on or off. */
  state = $state<'' | 'on' | 'off'>('')
  /** Goes up when the stream comes back, for what must be fetched again. */
  returns = $state(0)
  progress = $state<Record<string, Live>>({})
  texts = $state<Record<string, string>>({})
  onStranger: () => void = () => {}

  /** A request found nobody: try the stream again, and say so meanwhile. */
  lost(): void {
    if (this.state === 'off') return
    this.state = 'off'
    begin(500)
  }
}

export const connection = new Connection()

export function hear(listener: Hear): () => void {
  hearers.add(listener)
  return () => hearers.delete(listener)
}

export function open(): void {
  clearTimeout(retry)
  source?.close()
  source = new EventSource(last ? `/api/events?after=${last}` : '/api/events')
  source.addEventListener('ready', (event) => {
    last = Math.max(last, (JSON.parse((event as MessageEvent<string>).data) as { seq: number }).seq)
    if (connection.state === 'off') connection.returns++
    connection.state = 'on'
    waited = 0
  })
  source.addEventListener('journal', (event) => {
    const fact = JSON.parse((event as MessageEvent<string>).data) as Fact
    if (fact.seq <= last) return
    last = fact.seq
    if (fact.kind === 'message' || fact.kind === 'task.stopped' || fact.kind === 'task.failed') delete connection.texts[fact.task]
    if (fact.kind === 'call.outcome' || fact.kind === 'work.session') delete connection.progress[fact.task]
    for (const listener of hearers) listener(fact)
  })
  source.addEventListener('live', (event) => {
    const live = JSON.parse((event as MessageEvent<string>).data) as Live
    if (live.kind === 'progress') connection.progress[live.task] = live
    else if (live.kind === 'text') {
      const before = live.reset ? '' : (connection.texts[live.task] ?? '')
      connection.texts[live.task] = before.slice(0, live.offset ?? before.length) + (live.text ?? '')
    }
  })
  source.onerror = () => {
    if (connection.state === 'on') connection.state = 'off'
    if (source?.readyState === EventSource.CLOSED) begin()
  }
}

/** Try again later and later, and find out whether it is the gateway that is away or this device that is not known any more. */
function begin(delay = Math.min(8000, 500 * 2 ** waited++)): void {
  clearTimeout(retry)
  source?.close()
  retry = setTimeout(async () => {
    try {
      await api.get('/api/session')
      open()
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        credential.clear()
        connection.onStranger()
      } else {
        if (error instanceof Offline) connection.state = 'off'
        begin()
      }
    }
  }, delay)
}

export function shut(): void {
  clearTimeout(retry)
  source?.close()
  source = null
}

addEventListener('online', () => connection.state === 'off' && begin(0))
