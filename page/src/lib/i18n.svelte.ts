/** French and English from the project's catalogue, and the formats that go with a language. */
import type { Sentence } from './types'

export type Language = 'en' | 'fr'
type Catalogue = Record<string, string>

const load: Record<Language, () => Promise<{ default: Catalogue }>> = {
  en: () => import('virtual:catalogue/en'),
  fr: () => import('virtual:catalogue/fr'),
}

let language = $state<Language>('en')
let catalogue = $state.raw<Catalogue>({})

export async function speak(wanted: Language, remember = false): Promise<void> {
  catalogue = (await load[wanted]()).default
  language = wanted
  document.documentElement.lang = wanted
  if (remember) localStorage.setItem('confrere-language', wanted)
}

export const tongue = () => language

/** The sentence `key` with its blanks filled; where it reads "one | many", `count` chooses. */
export function t(key: string, data: Record<string, string | number> = {}): string {
  let text = catalogue[key] ?? key
  if (text.includes(' | ')) {
    const [one, many] = text.split(' | ') as [string, string]
    text = new Intl.PluralRules(language).select(Math.abs(Number(data.count ?? 0))) === 'one' ? one : many
  }
  return text.replace(/\{(\w+)\}/g, (blank, name: string) => {
    const value = data[name]
    return typeof value === 'number' ? number(value) : (value ?? blank)
  })
}

export const known = (key: string) => key in catalogue

/** What the gateway says in both languages, in the one shown. */
export const said = (sentence: Sentence | { en: string; fr: string } | null | undefined) => (sentence ? fine(sentence[language] || sentence.en) : '')

/** Text from the gateway as French sets it: no line begins with a mark of its own. */
export const fine = (text: string) => (language === 'fr' ? text.replace(/ ([;?!])/g, '\u202f$1').replace(/ ([:»])/g, '\u00a0$1').replace(/« /g, '«\u00a0') : text)

const locale = () => (language === 'fr' ? 'fr-FR' : 'en-GB')

export const number = (value: number, digits = 0) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)

/** A value as a document or a cell holds it, in the person's way: 1234.5 as an amount, 2026-03-18 as a date. Other text as it is. */
export function reading(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  const text = String(value)
  const date = /^(\d{4})-(\d\d)-(\d\d)(T00:00:00)?$/.exec(text)
  if (date) return format(new Date(Number(date[1]), Number(date[2]) - 1, Number(date[3])), { day: '2-digit', month: '2-digit', year: 'numeric' })
  if (/^-?\d{1,15}\.\d+$/.test(text)) return new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 4 }).format(Number(text))
  return /^-?\d{5,15}$/.test(text) && typeof value === 'number' ? number(value) : text
}

export function size(bytes: number): string {
  const units = language === 'fr' ? ['octets', 'Ko', 'Mo', 'Go'] : ['bytes', 'kB', 'MB', 'GB']
  let power = 0
  while (bytes >= 1000 && power < 3) {
    bytes /= 1000
    power++
  }
  const unit = !power && (language === 'fr' ? bytes < 2 : bytes === 1) ? units[0]!.slice(0, -1) : units[power]
  return `${number(bytes, bytes < 10 && power ? 1 : 0)}\u00a0${unit}`
}

export function money(dollars: number | null | undefined): string {
  if (dollars === null || dollars === undefined) return t('cost-unknown')
  if (dollars === 0) return t('cost-none')
  return new Intl.NumberFormat(locale(), { style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: dollars < 0.1 ? 4 : 2 }).format(dollars)
}

/** A length of time in words short enough for a line: "8 s", "4 min", "1 h 20". */
export function span(seconds: number): string {
  if (seconds < 1) return t('span-instant')
  if (seconds < 60) return t('span-seconds', { count: Math.round(seconds) })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return t('span-minutes', { count: minutes })
  const left = minutes % 60
  return left ? t('span-hours-minutes', { hours: Math.floor(minutes / 60), minutes: String(left).padStart(2, '0') }) : t('span-hours', { count: minutes / 60 })
}

const formats = new Map<string, Intl.DateTimeFormat>()
function format(time: string | Date, options: Intl.DateTimeFormatOptions): string {
  const key = locale() + JSON.stringify(options)
  let found = formats.get(key)
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale(), options)))
  const date = typeof time === 'string' ? new Date(time) : time
  return Number.isNaN(date.getTime()) ? '' : found.format(date)
}

/** The name of a month so many before this one, with its year: "octobre 2026". */
export function monthBefore(many: number, now = new Date()): string {
  return format(new Date(now.getFullYear(), now.getMonth() - many, 1), { month: 'long', year: 'numeric' })
}

export const day = (time: string) => format(time, { day: 'numeric', month: 'long', year: 'numeric' })
export const clock = (time: string) => format(time, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
export const moment = (time: string) => format(time, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
export const fullMoment = (time: string) => format(time, { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })

/** "3 minutes ago" for what is recent, a date for what is not. */
export function ago(time: string, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'long' })
  const size = Math.abs(seconds)
  if (size < 45) return relative.format(0, 'second')
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86400) return relative.format(Math.round(seconds / 3600), 'hour')
  if (size < 6 * 86400) return relative.format(Math.round(seconds / 86400), 'day')
  return format(time, { day: 'numeric', month: 'short', year: 'numeric' })
}
