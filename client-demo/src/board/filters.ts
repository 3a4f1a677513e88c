import { TaskPriority, type CallInput, type operations, type TaskStatus } from '../../../sdk/index.ts'
import { nowMs as serverNowMs } from '../client.ts'

export const dueChoices = ['overdue', 'today', 'week'] as const
export type DueChoice = (typeof dueChoices)[number]

/** What the board is narrowed to. Lives in the address, so that it can be sent to somebody. */
export interface Filters {
  search: string
  categories: readonly string[]
  projects: readonly number[]
  priorities: readonly TaskPriority[]
  assignees: readonly number[]
  due: DueChoice | null
}

export const noFilters: Filters = { search: '', categories: [], projects: [], priorities: [], assignees: [], due: null }

export type ListQuery = CallInput<(typeof operations)['tasks']['list']>

/** How many of the six are in use; the search has its own place on the page and is not counted. */
export const countFilters = ({ categories, projects, priorities, assignees, due }: Filters) =>
  categories.length + projects.length + priorities.length + assignees.length + (due === null ? 0 : 1)

export const isNarrowed = (filters: Filters) => filters.search !== '' || countFilters(filters) > 0

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

const ids = (values: string[]) => values.map(Number).filter(id => Number.isSafeInteger(id) && id > 0)

export function filtersFromQuery(query: URLSearchParams): Filters {
  const due = dueChoices.find(choice => choice === query.get('due')) ?? null
  return {
    search: query.get('search') ?? '',
    categories: query.getAll('category'),
    projects: ids(query.getAll('project')),
    priorities: query.getAll('priority').filter(value => TaskPriority.safeParse(value).success) as TaskPriority[],
    assignees: ids(query.getAll('assignee')),
    due,
  }
}

export function queryFromFilters({
  search,
  categories,
  projects,
  priorities,
  assignees,
  due,
}: Filters): URLSearchParams {
  const query = new URLSearchParams()
  if (search !== '') query.set('search', search)
  for (const category of categories) query.append('category', category)
  for (const project of projects) query.append('project', String(project))
  for (const priority of priorities) query.append('priority', priority)
  for (const assignee of assignees) query.append('assignee', String(assignee))
  if (due !== null) query.set('due', due)
  return query
}
