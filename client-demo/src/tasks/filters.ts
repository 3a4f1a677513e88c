import type { CallInput, operations, TaskStatus } from '../../../sdk/index.ts'
import { nowMs as serverNowMs } from '../lib/client.ts'
import { addressFilters, ids, oneOf, someOf, text, texts, type FiltersOf } from '../filters/address-filters.ts'
import { prioritiesByWeight } from '../lib/vocabulary.ts'

export const dueChoices = ['overdue', 'today', 'week'] as const
export type DueChoice = (typeof dueChoices)[number]

/** What the board can be narrowed to. */
export const boardFilters = addressFilters({
  search: text('search'),
  categories: texts('category'),
  projects: ids('project'),
  priorities: someOf('priority', prioritiesByWeight),
  assignees: ids('assignee'),
  due: oneOf('due', dueChoices, null),
})
export type Filters = FiltersOf<typeof boardFilters>

export type ListQuery = CallInput<(typeof operations)['tasks']['list']>

/** How many of the six are in use; the search has its own place on the page and is not counted. */
export const countFilters = ({ categories, projects, priorities, assignees, due }: Filters) =>
  categories.length + projects.length + priorities.length + assignees.length + (due === null ? 0 : 1)

/** By the calendar: where clocks change, a day has 23 or 25 hours. */
function endOfDayMs(nowMs: number, daysAhead: number): number {
  const day = new Date(nowMs)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + daysAhead, 23, 59, 59, 999).getTime()
}

/** Both ends inclusive, as the server has them. */
export function dueRange(due: DueChoice, nowMs = serverNowMs()): { start: number; end: number } {
  const today = new Date(nowMs).setHours(0, 0, 0, 0)
  switch (due) {
    case 'overdue':
      return { start: 0, end: nowMs }
    case 'today':
      return { start: today, end: endOfDayMs(nowMs, 0) }
    case 'week':
      return { start: today, end: endOfDayMs(nowMs, 7) }
    default:
      return due satisfies never
  }
}

/** What is finished cannot be overdue. */
export const isPointless = ({ due }: Filters, status: TaskStatus) =>
  due === 'overdue' && (status === 'done' || status === 'cancelled')

export function listQuery(filters: Filters, status: TaskStatus): ListQuery {
  const { search, categories, projects, priorities, assignees, due } = filters
  const range = due === null ? null : dueRange(due)
  return {
    status,
    sort: 'position',
    ...(search !== '' && { search }),
    ...(categories.length > 0 && { category: categories }),
    ...(projects.length > 0 && { project: projects.map(String) }),
    ...(priorities.length > 0 && { priority: priorities }),
    ...(assignees.length > 0 && { assignee_id: assignees }),
    ...(range && {
      due_date_start: new Date(range.start).toISOString(),
      due_date_end: new Date(range.end).toISOString(),
    }),
  }
}
