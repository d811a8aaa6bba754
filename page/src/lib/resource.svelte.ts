/** Something fetched: what it is, whether it is on its way, what went wrong. The last good answer stays while it is fetched again. */
import { Offline, Problem } from './api'
import { connection } from './live.svelte'

export class Resource<T> {
  data = $state.raw<T>()
  error = $state.raw<Problem | null>(null)
  loading = $state(true)
  #turn = 0
  #fetch: (signal: AbortSignal) => Promise<T>
  #abort: AbortController | null = null
  #soon: ReturnType<typeof setTimeout> | undefined

  constructor(fetch: (signal: AbortSignal) => Promise<T>, begin = true) {
    this.#fetch = fetch
    if (begin) void this.load()
  }

  async load(): Promise<void> {
    const turn = ++this.#turn
    this.#abort?.abort()
    this.#abort = new AbortController()
    this.loading = true
    try {
      const data = await this.#fetch(this.#abort.signal)
      if (turn !== this.#turn) return
      this.data = data
      this.error = null
    } catch (error) {
      if (turn !== this.#turn) return
      if (error instanceof Problem) this.error = error
      else if (error instanceof Offline) connection.lost()
      else throw error
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }

  /** Fetch again shortly: many events at once cost one request. */
  soon(delay = 120): void {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => void this.load(), delay)
  }

  set(data: T): void {
    this.#turn++
    this.data = data
    this.error = null
    this.loading = false
  }

  close(): void {
    this.#turn++
    clearTimeout(this.#soon)
    this.#abort?.abort()
  }
}
