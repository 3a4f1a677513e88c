import { liveCollection, taskStatuses, type Collection, type Task, type TaskStatus } from '../../../sdk/index.ts'
import { unloaded, type Paging } from '../live/pages.ts'
import { boardFilters, isPointless, type Filters } from './filters.ts'
import { matchesFields, matchesSearch } from './match.ts'

export interface Column extends Paging {
  /** What the server listed for the present filters. */
  listed: ReadonlySet<number>
  /** From the server, kept up by the changes that come; of no use once everything is loaded. */
  count: number | null
  /** There are more than `count`: the server counts no further. */
  countLimited: boolean
}

export const taskCollection = liveCollection('tasks')

/** What was asked for and not yet confirmed. */
export type Pending = Partial<Pick<Task, 'status' | 'position' | 'priority'>>

export interface Freshness {
  by: number
  serial: number
}

export interface BoardState {
  filters: Filters
  showCancelled: boolean
  store: Collection<Task>
  pending: ReadonlyMap<number, Pending>
  columns: Readonly<Record<TaskStatus, Column>>
  /** Changed by somebody else a moment ago. */
  fresh: ReadonlyMap<number, Freshness>
  selected: ReadonlySet<number>
}

export const emptyColumn: Column = { ...unloaded, listed: new Set(), count: null, countLimited: false }

export const everyColumn = <T>(make: (status: TaskStatus) => T) =>
  Object.fromEntries(taskStatuses.map(status => [status, make(status)])) as Record<TaskStatus, T>

export const emptyBoard: BoardState = {
  filters: boardFilters.none,
  showCancelled: false,
  store: taskCollection.empty,
  pending: new Map(),
  columns: everyColumn(() => emptyColumn),
  fresh: new Map(),
  selected: new Set(),
}

/** The task as it should be seen: what is under way counts as done. */
export function shownTask(state: Pick<BoardState, 'store' | 'pending'>, id: number): Task | undefined {
  const task = state.store.items.get(id)
  const pending = state.pending.get(id)
  return task && pending ? { ...task, ...pending } : task
}

export function belongs(state: BoardState, task: Task, status: TaskStatus): boolean {
  const { filters, columns } = state
  if (task.status !== status || isPointless(filters, status) || !matchesFields(task, filters)) return false
  return filters.search === '' || columns[status].listed.has(task.id) || matchesSearch(task, filters.search)
}

export const isComplete = (column: Column) => column.next === null
