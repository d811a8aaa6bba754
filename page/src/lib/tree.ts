/** Files as a tree: built from flat, sorted paths; flattened again to the rows in sight. */
import type { Change, Entry } from './types'

export type Mark = '' | 'new' | 'changed' | 'moved' | 'deleted'

export interface Node {
  path: string
  name: string
  folder: boolean
  mark: Mark
  origin: string
  size: number
  change: Change | null
  children: Node[]
  /** Changes in it and below. */
  count: number
}

export interface Line { node: Node; depth: number; at: number; of: number }

const MARKS: Record<string, Mark> = { create: 'new', modify: 'changed', move: 'moved', delete: 'deleted', mkdir: 'new', rmdir: 'deleted' }

const node = (path: string, folder: boolean): Node => ({
  path, name: path.slice(path.lastIndexOf('/') + 1), folder, mark: '', origin: '', size: 0, change: null, children: [], count: 0,
})

function place(index: Map<string, Node>, roots: Node[], path: string, folder: boolean): Node {
  const found = index.get(path)
  if (found) {
    found.folder ||= folder
    return found
  }
  const made = node(path, folder)
  index.set(path, made)
  const cut = path.lastIndexOf('/')
  if (cut < 0) roots.push(made)
  else place(index, roots, path.slice(0, cut), true).children.push(made)
  return made
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function settle(nodes: Node[]): Node[] {
  nodes.sort((a, b) => Number(b.folder) - Number(a.folder) || collator.compare(a.name, b.name))
  for (const entry of nodes) {
    settle(entry.children)
    entry.count = (entry.change ? 1 : 0) + entry.children.reduce((sum, child) => sum + child.count, 0)
  }
  return nodes
}

export function treeOfChanges(changes: Change[]): Node[] {
  const index = new Map<string, Node>()
  const roots: Node[] = []
  for (const change of changes) {
    const entry = place(index, roots, change.path, change.kind === 'mkdir' || change.kind === 'rmdir')
    entry.change = change
    entry.mark = MARKS[change.kind] ?? ''
    entry.origin = change.kind === 'move' ? change.origin : ''
    entry.size = (change.after ?? change.before)?.size ?? 0
  }
  return settle(roots)
}

export function treeOfEntries(entries: Entry[]): Node[] {
  const index = new Map<string, Node>()
  const roots: Node[] = []
  for (const found of entries) {
    const entry = place(index, roots, found.path, found.type === 'dir')
    entry.mark = found.change
    entry.origin = found.origin ?? ''
    entry.size = found.size
  }
  return settle(roots)
}

/** The rows in sight; `closed` holds the paths of the folders that are shut. */
export function linesOf(nodes: Node[], closed: ReadonlySet<string>, depth = 0, out: Line[] = []): Line[] {
  nodes.forEach((entry, at) => {
    out.push({ node: entry, depth, at: at + 1, of: nodes.length })
    if (entry.folder && !closed.has(entry.path)) linesOf(entry.children, closed, depth + 1, out)
  })
  return out
}

/** The changes of a node and of all below it. */
export function changesIn(entry: Node, out: Change[] = []): Change[] {
  if (entry.change) out.push(entry.change)
  for (const child of entry.children) changesIn(child, out)
  return out
}
