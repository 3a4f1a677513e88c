import { csvRows } from '../reading/csv.ts'
import { unreadable } from '../reading/fault.ts'
import { elementsOf } from '../reading/json-elements.ts'
import { ndjsonRows } from '../reading/lines.ts'
import { type Format, type Said, stringIn, textOr } from './format.ts'
import { priorityOf, statusOf } from './words.ts'

const known = ['title', 'description', 'status', 'priority', 'category', 'due_date', 'assignee']
/** A day alone begins at midnight in UTC. */
const day = /^\d{4}-\d{2}-\d{2}$/

/** Our own names of fields. A status or a priority may also be called what other boards call it. */
function read(value: Record<string, unknown>): Said {
  const { title, description, status, priority, category, due_date, assignee } = value
  return {
    title,
    description: textOr(description),
    status: statusOf(status) ?? textOr(status, 'todo'),
    priority: priorityOf(priority) ?? textOr(priority, 'medium'),
    category: category ?? null,
    due_date: typeof due_date === 'string' && day.test(due_date) ? `${due_date}T00:00:00Z` : (due_date ?? null),
    assignee: stringIn(assignee),
    leftOut: Object.keys(value).filter(field => !known.includes(field)),
  }
}

function needTitle(names: readonly string[]) {
  if (!names.includes('title')) throw unreadable('its first row must name the columns, and one of them `title`', 1)
  const twice = known.find(name => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice) throw unreadable(`the column \`${twice}\` is there twice`, 1)
}

export const csv: Format = { rows: text => csvRows(text, needTitle), read }
export const json: Format = { rows: text => elementsOf(text, ''), read }
export const ndjson: Format = { rows: ndjsonRows, read }
