import { type DayOrder, readDate } from './dates.ts'

/** When a task is due, and the warning about it, if any. */
export interface Due {
  due_date: unknown
  warnings: readonly { field: string; message: string }[]
}

const field = 'due_date'
const quoted = (text: string) => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`

/** For an export: an unreadable date is left out and the task is kept. @param form as the program writes dates */
export function dueOf(given: unknown, form: string, order?: DayOrder): Due {
  if (given === null || given === undefined || given === '') return { due_date: null, warnings: [] }
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  if (text.trim() === '') return { due_date: null, warnings: [] }
  const read = readDate(text, order)
  if ('when' in read) {
    const warnings = read.doubtful ? [{ field, message: `${quoted(text)} was read as ${read.when.slice(0, 10)}` }] : []
    return { due_date: read.when, warnings }
  }
  const message =
    read.fault === 'ambiguous'
      ? `${quoted(text)} was left out: nothing shows whether day or month comes first; write it as ${form}`
      : `${quoted(text)} was left out: it is no date such as ${form}`
  return { due_date: null, warnings: [{ field, message }] }
}
