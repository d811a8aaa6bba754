/** The guided first task: which step the person is at. Kept in this browser, so that it survives a reload. */

export type TourStep = '' | 'folder' | 'brief' | 'plan' | 'work' | 'changes' | 'result' | 'end'
const KEY = 'confrere-tour'
const ORDER: TourStep[] = ['folder', 'brief', 'plan', 'work', 'changes', 'result', 'end']

class Tour {
  step = $state<TourStep>('')
  task = $state('')
  /** Whether it is about our example rather than a folder of the person's. */
  example = $state(false)
  /** What the composer is to do next: take a folder, or let one be chosen. It clears this. */
  wish = $state.raw<{ folder: string; brief: string } | 'choose' | null>(null)

  constructor() {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as { step: TourStep; task: string; example?: boolean } | null
    if (kept) {
      this.step = kept.step
      this.task = kept.task
      this.example = kept.example ?? false
    }
  }

  #keep(): void {
    if (this.step) localStorage.setItem(KEY, JSON.stringify({ step: this.step, task: this.task, example: this.example }))
    else localStorage.removeItem(KEY)
  }

  begin(): void {
    this.step = 'folder'
    this.task = ''
    this.example = false
    this.#keep()
  }

  /** Go on with a copy of the example and a brief for it. */
  take(folder: string, brief: string): void {
    this.example = true
    this.wish = { folder, brief }
    this.#keep()
  }

  /** Move on to a step, never back. */
  at(step: TourStep): void {
    if (this.step && ORDER.indexOf(step) > ORDER.indexOf(this.step)) {
      this.step = step
      this.#keep()
    }
  }

  follow(task: string): void {
    if (!this.step || this.task) return
    this.task = task
    this.at('plan')
    this.#keep()
  }

  end(): void {
    this.step = ''
    this.task = ''
    this.#keep()
  }
}

export const tour = new Tour()
export const tourSteps = ORDER.slice(0, -1)
