/** Addresses of the page: which view, with which parameters. */

export interface Route { view: string; id: string; part: string; query: URLSearchParams }

let route = $state.raw<Route>(read())

function read(): Route {
  const [view = '', id = '', part = ''] = location.pathname.split('/').filter(Boolean).map(decoded)
  return { view: view || 'home', id, part, query: new URLSearchParams(location.search) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const here = () => route

export function go(to: string, { replace = false } = {}): void {
  if (to === location.pathname + location.search) return
  history[replace ? 'replaceState' : 'pushState'](null, '', to)
  const before = route
  route = read()
  if (route.view !== before.view || route.id !== before.id) {
    scrollTo(0, 0)
    // a new view: the keyboard and a screen reader begin at its start
    requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }))
  }
}

export function watchAddress(): void {
  addEventListener('popstate', () => (route = read()))
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = (event.target as Element).closest?.('a')
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || link.pathname.startsWith('/api/')) return
    if (link.hash && link.pathname === location.pathname) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
