import { monthNamed } from './months.ts'

/** A day and perhaps a time, as written in a file. `when` is RFC 3339; without a zone it is taken as UTC. */
export type ReadDate =
  | { when: string; /** It could be another day; this is the reading of the rest of the file. */ doubtful: boolean }
  | { fault: 'unreadable' | 'ambiguous' }

/** Whether day or month comes first when both are numbers, by separator. */
export type DayOrder = Partial<Record<string, 'day' | 'month'>>

const time = String.raw`(?:,?[ T]+(?:(am|pm|午前|午後|上午|下午|오전|오후) ?)?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?(?: ?([ap])\.? ?m\.?)?)?`
const offsets = String.raw`z|utc|gmt|[+-]\d{2}:?\d{2}|(?:utc|gmt)[+-]\d{2}:?\d{2}`
const zone = String.raw`(?: ?(?:\((${offsets})\)|(${offsets}))(?: \([^)]*\))?)?`
const ended = `${time}${zone}$`
/** 2026-01-31, 2026/1/31, 2026.01.31., 2026年1月31日, 2026년 1월 31일 */
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.年년] ?(\d{1,2})[-/.月월] ?(\d{1,2})[.日일]?${ended}`, 'i')
/** 31/Jan/26, 31 Jan 2026, 31-janv.-2026, Sat 31. Januar 2026, 31 de enero de 2026 */
const named = new RegExp(
  String.raw`^(?:\p{L}[\p{L}\p{M}]{1,14}\.?,? )?(\d{1,2})[-/. ]+(?:de )?(\p{L}[\p{L}\p{M}]{0,14}|\d{1,2}[月월])[-/., ]+(?:de )?(\d{4}|\d{2})(?: г\.?)?${ended}`,
  'iu',
)
/** Jan 31, 2026; Sat Jan 31 2026 */
const namedFirst = new RegExp(
  String.raw`^(?:\p{L}[\p{L}\p{M}]{1,14}\.?,? )?(\p{L}[\p{L}\p{M}]{1,14})\.? (\d{1,2}),? (\d{4})${ended}`,
  'iu',
)
/** 31.01.2026, 1/31/2026, 31-01-26 */
const numbers = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${ended}`, 'i')

/** Days since the end of 1899, which Excel writes when a cell is not formatted as a date: from 1954 to 2118. */
const serial = /^[2-7]\d{4}(?:[.,]\d+)?$/
const firstDay = Date.UTC(1899, 11, 30)

/** 20260131, 20260131T090000Z: the short form of ISO 8601. */
const compact = new RegExp(String.raw`^((?:19|20)\d{2})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?z?)?$`, 'i')
/** Milliseconds since 1970, from 2001 to 2096. */
const milliseconds = /^[1-3]\d{12}$/

/** No date is longer. */
const mostCharacters = 100

interface Parts {
  year: string
  month: number
  day: number
  rest: readonly (string | undefined)[]
}

/** @param order what the rest of the file shows; what it does not show is ambiguous */
export function readDate(given: string, order: DayOrder = {}): ReadDate {
  if (given.length > mostCharacters) return { fault: 'unreadable' }
  const text = given
    .normalize('NFC')
    .trim()
    .replace(/[\s\u202f]+/gu, ' ')
  if (serial.test(text)) {
    const minutes = Math.round(Number(text.replace(',', '.')) * 24 * 60)
    return { when: `${new Date(firstDay + minutes * 60_000).toISOString().slice(0, 19)}Z`, doubtful: true }
  }
  if (milliseconds.test(text)) return { when: `${new Date(Number(text)).toISOString().slice(0, 19)}Z`, doubtful: true }
  const short = compact.exec(text)
  if (short) {
    const [, year = '', month, day, ...clock] = short
    return whenOf({ year, month: Number(month), day: Number(day), rest: [undefined, ...clock] })
  }
  const first = yearFirst.exec(text)
  if (first) return whenOf({ year: first[1]!, month: Number(first[2]), day: Number(first[3]), rest: first.slice(4) })
  const byName = named.exec(text)
  if (byName)
    return whenOf({ year: byName[3]!, month: monthNamed(byName[2]!), day: Number(byName[1]), rest: byName.slice(4) })
  const american = namedFirst.exec(text)
  if (american)
    return whenOf({
      year: american[3]!,
      month: monthNamed(american[1]!),
      day: Number(american[2]),
      rest: american.slice(4),
    })
  const [, one, mark = '', other, year = '', ...rest] = numbers.exec(text) ?? []
  if (one === undefined) return { fault: 'unreadable' }
  const [left, right] = [Number(one), Number(other)]
  const dayFirst = { year, month: right, day: left, rest }
  const monthFirst = { year, month: left, day: right, rest }
  // Nobody writes the month first with full stops.
  if (left > 12 || left === right || mark === '.') return whenOf(dayFirst)
  if (right > 12) return whenOf(monthFirst)
  const known = order[mark] ?? (/[ap]\.? ?m\.?$/i.test(text) ? 'month' : undefined)
  if (known === undefined) return { fault: 'ambiguous' }
  return whenOf(known === 'day' ? dayFirst : monthFirst, true)
}

function whenOf({ year, month, day, rest }: Parts, doubtful = false): ReadDate {
  const [before, hours = '0', minutes = '0', seconds = '0', half, inParentheses, bare] = rest
  const later = half?.toLowerCase() === 'p' || /^(pm|午後|下午|오후)$/i.test(before ?? '')
  const twelve = half !== undefined || before !== undefined
  const hour = twelve ? (Number(hours) % 12) + (later ? 12 : 0) : Number(hours)
  const pad = (value: number | string, digits = 2) => String(value).padStart(digits, '0')
  const isReal =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(2000 + (Number(year) % 400), month, 0)).getUTCDate()
  if (!isReal || hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return { fault: 'unreadable' }
  const offset = inParentheses ?? bare ?? 'z'
  const [, sign, zoneHours, zoneMinutes] = /([+-])(\d{2}):?(\d{2})/.exec(offset) ?? []
  const from = sign === undefined ? 'Z' : `${sign}${zoneHours}:${zoneMinutes}`
  const whole = year.length === 2 ? `20${year}` : year
  return { when: `${whole}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minutes)}:${pad(seconds)}${from}`, doubtful }
}

/** What the dates of a file show about the order of day and month: each unambiguous date is evidence. */
export function learnOrder(order: DayOrder, given: unknown): void {
  if (typeof given !== 'string') return
  const [, one, mark = '', other] = /^\s*(\d{1,2})([-/])(\d{1,2})\2\d{2,4}\b/.exec(given) ?? []
  if (one === undefined) return
  if (Number(one) > 12 && Number(one) <= 31 && Number(other) <= 12) order[mark] ??= 'day'
  else if (Number(other) > 12 && Number(other) <= 31 && Number(one) <= 12) order[mark] ??= 'month'
}
