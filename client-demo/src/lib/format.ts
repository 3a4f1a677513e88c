import { nowMs as serverNowMs } from './client.ts'

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const number = new Intl.NumberFormat()

export const formatCount = (count: number) => number.format(count)
/** In the units that file managers use. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${number.format(bytes)} bytes`
  const [unit, length] =
    bytes < 1_000_000
      ? (['kB', 1_000] as const)
      : bytes < 1_000_000_000
        ? (['MB', 1_000_000] as const)
        : (['GB', 1_000_000_000] as const)
  return `${(bytes / length).toLocaleString(undefined, { maximumFractionDigits: bytes < 10 * length ? 1 : 0 })} ${unit}`
}

/** The time of the day, with seconds. */
export const formatClock = (at: string) => clock.format(new Date(at))

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

/** As people count them: an emoji or a letter with its marks is one. */
const letters = new Intl.Segmenter()

export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean)
  const [first = ['?'], ...more] = words.map(word => Array.from(letters.segment(word), ({ segment }) => segment))
  return (more.length > 0 ? [first[0], more.at(-1)![0]] : first.slice(0, 2)).join('').toLocaleUpperCase()
}

/** Where the person who chooses the day is. */
export const startOfDay = (date: string): string => timeOn(date, new Date(0).setHours(0, 0, 0, 0))

/** A day is meant to its end. */
export const endOfDay = (date: string): string => timeOn(date, new Date(0).setHours(23, 59, 59, 0))

export function dayInput(at: string | null): string {
  if (at === null) return ''
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Another day for something: it keeps its time of day, on the clocks of whoever chooses; without one it is the day's end. */
export function moveToDay(date: string, from: string | null): string {
  return from === null ? endOfDay(date) : timeOn(date, from)
}

/** @param like what has the time of day, on the clocks here */
function timeOn(date: string, like: string | number): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number)
  const moved = new Date(like)
  moved.setFullYear(year, month - 1, dayOfMonth)
  return moved.toISOString()
}
