/** A folder dropped from the desktop. A browser tells its name and never where it is; a few file managers say that, too. */
import { api } from './api'
import type { Folders } from './types'

/** The real path of what was dropped where the drag says it (`file:` addresses), else "". */
function told(data: DataTransfer): string {
  for (const line of `${data.getData('text/uri-list')}\n${data.getData('text/plain')}`.split('\n')) {
    const address = line.trim()
    if (!address.startsWith('file:///')) continue
    try {
      return decodeURIComponent(new URL(address).pathname).replace(/(.)\/$/, '$1')
    } catch {
      continue // no address after all
    }
  }
  return ''
}

export const carriesFiles = (event: DragEvent) => [...(event.dataTransfer?.types ?? [])].some((type) => type === 'Files' || type === 'text/uri-list')

/** What was dropped: its path where that is told, and its name. To be called before the event is over. */
export function dropped(event: DragEvent): { path: string; name: string } | null {
  const data = event.dataTransfer
  if (!data) return null
  const path = told(data)
  if (path) return { path, name: path.slice(path.lastIndexOf('/') + 1) }
  const entry = [...data.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry?.() : null)).find((found) => found)
  return entry ? { path: '', name: entry.isDirectory ? entry.name : '' } : null
}

/** The folders of that name in the usual places and one level below the home folder. */
export async function placesOf(name: string): Promise<string[]> {
  const home = await api.get<Folders>('/api/folders')
  const looked = await Promise.all(home.places.filter((place) => place.path !== home.path).map((place) => api.get<Folders>('/api/folders', { path: place.path }).catch(() => null)))
  const found = [...home.places, ...home.folders, ...looked.flatMap((folders) => folders?.folders ?? [])].filter((folder) => folder.path.endsWith(`/${name}`))
  return [...new Set(found.map((folder) => folder.path))]
}
