import { type FieldErrors, limits } from '../../contract/index.ts'

/** The result for one line: the body of a `POST /tasks`, or the reason why it is not a task. */
export type Read =
  | { ok: true; task: Record<string, unknown>; shortened: boolean; ignored: string[] }
  | { ok: false; fields: FieldErrors }

/** Fields that a new task can have; the server checks their values. */
const known = new Set(['title', 'description', 'category', 'priority', 'status', 'project', 'assignee_id', 'due_date'])

export function taskOfLine(text: string): Read {
  const item = parse(text)
  if (item === undefined) return { ok: false, fields: { line: ['is not JSON'] } }
  if (item === null || typeof item !== 'object' || Array.isArray(item))
    return { ok: false, fields: { line: ['must be a JSON object'] } }
  const given = Object.entries(item).filter(([, value]) => value !== undefined)
  const task = Object.fromEntries(given.filter(([name]) => known.has(name)))
  const { title, description = '' } = task
  const tooLong = typeof title === 'string' && title.length > limits.title && typeof description === 'string'
  if (tooLong) Object.assign(task, shorten(title, description))
  return { ok: true, task, shortened: tooLong, ignored: given.map(([name]) => name).filter(name => !known.has(name)) }
}

/** A title that is too long is put in full at the beginning of the description, so that no word is lost. */
function shorten(title: string, description: string) {
  const cut = title.slice(0, limits.title - 1)
  // Does not cut a surrogate pair in two.
  const whole = cut.isWellFormed() || !title.isWellFormed() ? cut : cut.slice(0, -1)
  return { title: `${whole}…`, description: description === '' ? title : `${title}\n\n${description}` }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
