/** Names and texts of unknown origin, made safe to show. */

// control characters, those that reorder or hide text, and what is left of undecodable bytes
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text in which nothing hides: what cannot be seen is written as its code. */
export const shown = (text: string) => text.replace(HIDDEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A name: on one line, whatever it holds. */
export const named = (text: string) => shown(text).replace(/[\n\t]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

export const baseName = (path: string) => named(path.slice(path.lastIndexOf('/') + 1))
export const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')
export const extension = (path: string) => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
}

/** The first sentence or line of a brief, for a title. */
export function headline(brief: string, limit = 90): string {
  const first = shown(brief.split('\n').find((line) => line.trim()) ?? '').trim()
  if (first.length <= limit) return first
  const cut = first.slice(0, limit)
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), limit / 2)) + '…'
}
