/** The one way to the gateway: JSON in and out, its errors as `Problem`, its absence as `Offline`. */
import type { Sentence } from './types'

const KEY = 'confrere-key'

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly sentence: Sentence,
    readonly data: Record<string, unknown> = {},
  ) {
    super(sentence.en)
  }
}

export class Offline extends Error {}

export const credential = {
  get: () => localStorage.getItem(KEY) ?? '',
  set: (key: string) => localStorage.setItem(KEY, key),
  clear: () => localStorage.removeItem(KEY),
}

/** Percent-encodes the bytes of a name, undecodable ones (lone surrogates U+DC80 to U+DCFF) included. */
export function encode(text: string): string {
  let out = ''
  for (const char of text) {
    const point = char.codePointAt(0)!
    if (point >= 0xdc80 && point <= 0xdcff) out += '%' + (point - 0xdc00).toString(16).toUpperCase()
    else out += point >= 0xd800 && point <= 0xdfff ? '%EF%BF%BD' : encodeURIComponent(char)
  }
  return out
}

export type Query = Record<string, string | number | boolean | undefined | null>

/** An address of the API with its query; what is undefined, null or "" is left out. */
export function address(path: string, query: Query = {}): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${name}=${encode(String(value))}`)
  return parts.length ? `${path}?${parts.join('&')}` : path
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { 'X-Confrere-Key': credential.get(), 'Accept-Language': document.documentElement.lang }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  let answer: Response
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, credentials: 'same-origin' })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Offline()
  }
  const text = await answer.text()
  const value = text ? parsed(text) : undefined
  if (answer.ok) return value as T
  const problem = (value ?? {}) as { code?: string; detail?: string; sentences?: { en: string; fr: string }; data?: Record<string, unknown> }
  const detail = problem.detail ?? `${answer.status} ${answer.statusText}`
  const sentences = problem.sentences ?? { en: detail, fr: detail }
  throw new Problem(answer.status, problem.code ?? '', { code: problem.code ?? '', ...sentences }, problem.data)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', address(path, query), undefined, signal),
  post: <T>(path: string, body: unknown = {}) => call<T>('POST', path, body),
  put: <T>(path: string, body: unknown) => call<T>('PUT', path, body),
  delete: <T>(path: string) => call<T>('DELETE', path),
}

/** Where the API has what is about one task. */
export const taskPath = (id: string, rest = '') => `/api/tasks/${encodeURIComponent(id)}${rest}`
