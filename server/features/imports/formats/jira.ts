import { csvRows } from '../reading/csv.ts'
import { unreadable } from '../reading/fault.ts'
import { type Format, stringIn, textOr } from './format.ts'
import { priorityOf, statusOf } from './words.ts'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** `12/Mar/26 2:30 PM`, as Jira writes dates unless it was told otherwise. */
const written = /^(\d{1,2})\/([a-z]{3})\/(\d{2}|\d{4})(?: (\d{1,2}):(\d{2}) ([AP])M)?$/i
const iso = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?$/

/** Without a zone, for Jira does not write one: UTC. What cannot be read stays as it is, to be refused by its name. */
function dateOf(text: string | null): string | null {
  if (text === null) return null
  const plain = iso.exec(text.trim())
  if (plain) return `${plain[1]}T${plain[2] ?? '00:00'}:00Z`
  const [, day, name, year, hour = '12', minute = '00', half = 'A'] = written.exec(text.trim()) ?? []
  const month = months.indexOf(name?.toLowerCase() ?? '')
  if (day === undefined || month < 0) return text
  const pad = (value: number | string) => String(value).padStart(2, '0')
  const hours = (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
  return `${year!.length === 2 ? `20${year}` : year}-${pad(month + 1)}-${pad(day)}T${pad(hours)}:${minute}:00Z`
}

/** Issues as Jira exports them (CSV). An unknown status is open, unless the issue was resolved; its type is the category. */
export const jira: Format = {
  rows: text =>
    csvRows(text, names => {
      if (!names.includes('summary')) throw unreadable('an export of Jira has a column `Summary`', 1)
    }),

  read: issue => ({
    title: issue.summary,
    description: textOr(issue.description),
    status: statusOf(issue.status) ?? (stringIn(issue.resolved) ? 'done' : 'todo'),
    priority: priorityOf(issue.priority) ?? 'medium',
    category: stringIn(issue['issue type']),
    due_date: dateOf(stringIn(issue['due date']) ?? stringIn(issue['due'])),
    assignee: stringIn(issue.assignee),
  }),
}
