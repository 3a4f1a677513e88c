import { emptyTaskStore, taskStatuses, type Task, type TaskStatus, type TaskStore } from '../../../sdk/index.ts'
import { isPointless, noFilters, type Filters } from './filters.ts'
import { matchesFields, matchesSearch } from './match.ts'

export interface Column {
  /** What the server listed for the present filters. */
  listed: ReadonlySet<number>
  /** Where the next page begins; null = there is none, undefined = not loaded yet. */
  next: string | null | undefined
  loading: boolean
  error: string | null
  /** From the server, kept up by the changes that come; of no use once everything is loaded. */
  count: number | null
}

/** What was asked for and not yet confirmed. */
export type Pending = Partial<Pick<Task, 'status' | 'position' | 'priority'>>

export interface Freshness {
  by: number
  serial: number
}

export interface BoardState {
  filters: Filters
  showCancelled: boolean
  store: TaskStore
  pending: ReadonlyMap<number, Pending>
  columns: Readonly<Record<TaskStatus, Column>>
  /** Changed by somebody else a moment ago. */
  fresh: ReadonlyMap<number, Freshness>
  selected: ReadonlySet<number>
}

export const unloaded: Column = { listed: new Set(), next: undefined, loading: false, error: null, count: null }

export const everyColumn = <T>(make: (status: TaskStatus) => T) =>
  Object.fromEntries(taskStatuses.map(status => [status, make(status)])) as Record<TaskStatus, T>

export const emptyBoard: BoardState = {
  filters: noFilters,
  showCancelled: false,
  store: emptyTaskStore,
  pending: new Map(),
  columns: everyColumn(() => unloaded),
  fresh: new Map(),
  selected: new Set(),
}

/** The task as it should be seen: what is under way counts as done. */
export function shownTask(state: Pick<BoardState, 'store' | 'pending'>, id: number): Task | undefined {
  const task = state.store.tasks.get(id)
  const pending = state.pending.get(id)
  return task && pending ? { ...task, ...pending } : task
}

export function belongs(state: BoardState, task: Task, status: TaskStatus): boolean {
  const { filters, columns } = state
  if (task.status !== status || isPointless(filters, status) || !matchesFields(task, filters)) return false
  return filters.search === '' || columns[status].listed.has(task.id) || matchesSearch(task, filters.search)
}

const byPosition = (a: Task, b: Task) => (a.position === b.position ? a.id - b.id : a.position < b.position ? -1 : 1)

/** Of the tasks that lie below the pages loaded so far: enough to see what has just changed, no second board. */
const mostBelow = 20

function cutBelow(tasks: Task[], { next, listed }: Column): Task[] {
  if (typeof next !== 'string') return tasks
  const end = tasks.findLastIndex(task => listed.has(task.id)) + 1
  const below = tasks.slice(end)
  if (below.length <= mostBelow) return tasks
  const latest = below.toSorted((a, b) => (a.updated_at < b.updated_at ? 1 : -1)).slice(0, mostBelow)
  return [...tasks.slice(0, end), ...latest.toSorted(byPosition)]
}

/** One pass over all that is known, for all columns; kept until something that matters changes. */
export function createSorter() {
  let last: BoardState | undefined
  let sorted = everyColumn<Task[]>(() => [])

  return function tasksByColumn(state: BoardState): Record<TaskStatus, Task[]> {
    const same =
      last?.store.tasks === state.store.tasks &&
      last.pending === state.pending &&
      last.filters === state.filters &&
      last.columns === state.columns
    if (same) return sorted
    const next = everyColumn<Task[]>(() => [])
    for (const id of state.store.tasks.keys()) {
      const task = shownTask(state, id)
      // Under way to another column it is still the one that was listed, whatever the search thinks of it.
      if (task && belongs(state, task, task.status)) next[task.status].push(task)
    }
    for (const status of taskStatuses) {
      const tasks = (next[status] = cutBelow(next[status].toSorted(byPosition), state.columns[status]))
      const before = sorted[status]
      const unchanged = before.length === tasks.length && before.every((task, at) => task === tasks[at])
      if (unchanged) next[status] = before
    }
    last = state
    sorted = next
    return sorted
  }
}

export const isComplete = (column: Column) => column.next === null
