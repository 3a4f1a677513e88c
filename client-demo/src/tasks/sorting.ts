import { taskStatuses, type Task, type TaskStatus } from '../../../sdk/index.ts'
import { belongs, everyColumn, shownTask, type BoardState, type Column } from './board-state.ts'

export type Sorted = Record<TaskStatus, Task[]>

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

/** Everything anew: one pass over all that is known, for all columns. */
function sortAll(state: BoardState): Sorted {
  const all = everyColumn<Task[]>(() => [])
  for (const id of state.store.items.keys()) {
    const task = shownTask(state, id)
    // Under way to another column it is still the one that was listed, whatever the search thinks of it.
    if (task && belongs(state, task, task.status)) all[task.status].push(task)
  }
  for (const status of taskStatuses) all[status].sort(byPosition)
  return all
}

/** The ids under which two maps hold something different. */
function differences(a: ReadonlyMap<number, unknown>, b: ReadonlyMap<number, unknown>, into: Set<number>): void {
  if (a === b) return
  for (const [id, value] of b) if (a.get(id) !== value) into.add(id)
  for (const id of a.keys()) if (!b.has(id)) into.add(id)
}

/** Where a task goes in what is sorted already. */
function placeFor(tasks: readonly Task[], task: Task): number {
  let low = 0
  let high = tasks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (byPosition(tasks[middle]!, task) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Takes what has changed out of the columns that have it, and puts each into its place. */
function resort(sorted: Sorted, before: BoardState, state: BoardState, changed: ReadonlySet<number>): Sorted {
  const leave = new Set<TaskStatus>()
  const enter: Task[] = []
  for (const id of changed) {
    const was = shownTask(before, id)
    const is = shownTask(state, id)
    if (was) leave.add(was.status)
    if (is && belongs(state, is, is.status)) enter.push(is)
  }
  const next = { ...sorted }
  for (const status of leave) next[status] = next[status].filter(task => !changed.has(task.id))
  for (const task of enter) {
    if (next[task.status] === sorted[task.status]) next[task.status] = [...sorted[task.status]]
    next[task.status].splice(placeFor(next[task.status], task), 0, task)
  }
  return next
}

/** More than this are sorted anew. */
const mostPlaced = 200

/** Whether a task that has not changed is where it was: what was listed decides what a search finds, the clock what is due. */
function isSameQuestion(before: BoardState, { filters, columns }: BoardState): boolean {
  if (before.filters !== filters || filters.due !== null) return false
  if (filters.search === '') return true
  return taskStatuses.every(status => before.columns[status].listed === columns[status].listed)
}

const isSameList = (a: readonly Task[], b: readonly Task[]) =>
  a.length === b.length && a.every((task, at) => task === b[at])

/**
 * The columns as they are shown, kept until something that matters changes; a column in which nothing has changed stays
 * the same array. A hundred events a second sort nothing: what changed is put where it belongs.
 */
export function createSorter() {
  let last: BoardState | undefined
  let whole = everyColumn<Task[]>(() => [])
  let shown = everyColumn<Task[]>(() => [])

  return function tasksByColumn(state: BoardState): Sorted {
    if (last === state) return shown
    const before = last
    last = state
    if (before && isSameQuestion(before, state)) {
      const changed = new Set<number>()
      differences(before.store.items, state.store.items, changed)
      differences(before.pending, state.pending, changed)
      if (changed.size === 0 && before.columns === state.columns) return shown
      whole = changed.size > mostPlaced ? sortAll(state) : resort(whole, before, state, changed)
    } else whole = sortAll(state)
    const next = everyColumn(status => cutBelow(whole[status], state.columns[status]))
    for (const status of taskStatuses) if (isSameList(shown[status], next[status])) next[status] = shown[status]
    shown = next
    return shown
  }
}
