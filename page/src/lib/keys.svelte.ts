/** Keys that work everywhere; single letters can be switched off (WCAG 2.1.4). */
import { go } from './router.svelte'

export const keys = $state({ help: false, on: localStorage.getItem('confrere-keys') !== 'no' })

export function useLetters(on: boolean): void {
  keys.on = on
  localStorage.setItem('confrere-keys', on ? 'yes' : 'no')
}

const GO: Record<string, string> = { h: '/', t: '/tasks', w: '/waiting', s: '/schedule', r: '/recipes', v: '/value', j: '/journal', p: '/settings' }

export function listenToKeys(): () => void {
  let leader = -Infinity // when "g" was pressed
  const press = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    if (!keys.on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role=dialog],[role=menu],[role=tree]')) return
    if (event.timeStamp - leader < 1200) {
      leader = -Infinity
      const to = GO[event.key]
      if (to) {
        event.preventDefault()
        go(to)
      }
    } else if (event.key === 'g') leader = event.timeStamp
    else if (event.key === '?') keys.help = true
    else if (event.key === 'n') {
      event.preventDefault()
      go('/')
      toBrief()
    }
  }
  document.addEventListener('keydown', press)
  return () => document.removeEventListener('keydown', press)
}

/** Put the cursor in the brief as soon as the view that holds it is drawn, however long that takes. */
export function toBrief(until = performance.now() + 5000): void {
  requestAnimationFrame(() => {
    const brief = document.getElementById('brief')
    if (brief) brief.focus()
    else if (performance.now() < until) toBrief(until)
  })
}
