import { nowMs as serverNowMs } from './client.ts'

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const number = new Intl.NumberFormat()

export const formatCount = (count: number) => number.format(count)
/** In the units that file managers use. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${number.format(bytes)} bytes`
  const [unit, length] = bytes < 1_000_000 ? (['kB', 1_000] as const) : (['MB', 1_000_000] as const)
  return `${(bytes / length).toLocaleString(undefined, { maximumFractionDigits: bytes < 10 * length ? 1 : 0 })} ${unit}`
}

export const formatMoment = (at: string) => moment.format(new Date(at))

export function formatDay(at: string): string {
  const date = new Date(at)
  return (date.getFullYear() === new Date(serverNowMs()).getFullYear() ? day : dayOfYear).format(date)
}

const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

export function formatAgo(at: string, nowMs = serverNowMs()): string {
  const seconds = (Date.parse(at) - nowMs) / 1_000
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return ago.format(Math.trunc(seconds / length), unit)
  }
  return 'just now'
}

export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]?.slice(0, 2)]
  return letters
    .map((word, at) => (words.length > 1 ? word?.[0] : word) ?? (at === 0 ? '?' : ''))
    .join('')
    .toUpperCase()
}

/** A day is meant to its end, where the person who chooses it is. */
export const endOfDay = (date: string): string => new Date(`${date}T23:59:59`).toISOString()

export function dayInput(at: string | null): string {
  if (at === null) return ''
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Another day for something: it keeps its time of day, on the clocks of whoever chooses; without one it is the day's end. */
export function moveToDay(date: string, from: string | null): string {
  if (from === null) return endOfDay(date)
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number)
  const moved = new Date(from)
  moved.setFullYear(year, month - 1, dayOfMonth)
  return moved.toISOString()
}
