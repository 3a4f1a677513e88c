import {
  isTaskwireError,
  type Collection,
  type LiveEvent,
  type Position,
  type Task,
  type TaskStatus,
  type TaskwireClient,
} from '../../../sdk/index.ts'
import { createStore } from '../lib/store.ts'
import { boardStatuses } from '../lib/vocabulary.ts'
import { overgrown, prune } from './bounds.ts'
import { emptyBoard, emptyColumn, everyColumn, taskCollection, type BoardState } from './board-state.ts'
import { createColumnLoader } from './column-loader.ts'
import { recount } from './counting.ts'
import { createFreshMarks } from './fresh-marks.ts'
import { boardFilters, type Filters } from './filters.ts'
import { createSorter } from './sorting.ts'

/** Which tasks an event is about, and who caused it. */
function subjectsOf(event: LiveEvent): { ids: number[]; by: number } | null {
  switch (event.name) {
    case 'task_created':
      return { ids: [event.task.id], by: event.created_by }
    case 'task_updated':
      return { ids: [event.task_id], by: event.updated_by }
    case 'tasks_bulk_updated':
      return { ids: event.tasks.map(task => task.id), by: event.updated_by }
    case 'task_deleted':
      return { ids: [event.task_id], by: event.deleted_by }
    case 'tasks_bulk_deleted':
      return { ids: event.task_ids, by: event.deleted_by }
    case 'task_removed':
      return { ids: [event.task_id], by: event.moved_by }
    default:
      return null
  }
}

/** Forgets what is selected and no longer there. */
function keepSelection(state: BoardState): BoardState {
  const gone = [...state.selected].filter(id => !state.store.items.has(id))
  return gone.length === 0
    ? state
    : { ...state, selected: new Set([...state.selected].filter(id => !gone.includes(id))) }
}

/** Those whose events may still be on their way. */
const mostMutations = 500

export type Board = ReturnType<typeof createBoard>

/** The tasks of the page: loaded by column, kept up to date by events, narrowed by filters. */
export function createBoard({ client }: { client: TaskwireClient }) {
  const store = createStore<BoardState>(emptyBoard)
  const loader = createColumnLoader({ client, board: store, take })
  const fresh = createFreshMarks(store)
  const tasksByColumn = createSorter()
  const ownMutations = new Set<string>()
  /** After a reset: what is loaded anew, while the old is still shown. Versions may have gone back, so it starts empty. */
  let rebuilt: Collection<Task> | null = null
  /** The task that is open. */
  let held: number | null = null

  // After the page has been told, so that what it shows is never what is let go of.
  store.subscribe(() => {
    const state = store.get()
    const sorted = tasksByColumn(state)
    for (const status of overgrown(state, sorted)) void loader.loadFirst(status)
    if (!rebuilt) store.gather(now => prune(now, sorted, held))
  })

  const shownStatuses = (): TaskStatus[] =>
    store.get().showCancelled ? [...boardStatuses, 'cancelled'] : [...boardStatuses]

  function take(tasks: readonly Task[]) {
    if (rebuilt) rebuilt = taskCollection.keep(rebuilt, tasks)
    else store.gather(state => ({ ...state, store: taskCollection.keep(state.store, tasks) }))
  }

  function apply(event: LiveEvent) {
    const before = store.get()
    const tasks = taskCollection.apply(before.store, event)
    if (rebuilt) rebuilt = taskCollection.apply(rebuilt, event)
    if (tasks === before.store) return
    const subjects = subjectsOf(event)
    const touched = subjects?.ids ?? []
    const unknown = subjects === null || touched.some(id => !before.store.items.has(id))
    const after = keepSelection({ ...before, store: tasks })
    const { columns, doubtful } = recount(before, after, touched, unknown)
    store.gather(() => ({ ...after, columns }))
    loader.doubtCounts(doubtful)
    const own = event.mutation_id !== undefined && ownMutations.has(event.mutation_id)
    if (subjects && !own)
      fresh.mark(
        touched.filter(id => tasks.items.has(id)),
        subjects.by,
      )
  }

  /** The task that is open may lie in no list that is loaded. */
  async function loadHeld() {
    if (held === null) return
    const before = store.get().store.items.get(held)
    try {
      take([await client.tasks.get({ id: held })])
    } catch (error) {
      // Whether it is still there is not known then, so it is.
      if (before && !isTaskwireError(error, 'not_found')) take([before])
    }
  }

  async function reload(): Promise<Position | undefined> {
    return await loader.reload(shownStatuses())
  }

  return {
    store,
    tasksByColumn: () => tasksByColumn(store.get()),
    take,
    /** Deleted by ourselves; the event that says so may come later. */
    forget: (id: number, version: number) =>
      store.set(state => keepSelection({ ...state, store: taskCollection.remove(state.store, id, version) })),
    apply,
    reload,
    /** The log could not fill a gap: load anew, and show the old until that is done. */
    async rebuild() {
      rebuilt = taskCollection.empty
      await Promise.all([reload(), loadHeld()])
      const loaded = rebuilt
      rebuilt = null
      if (loaded) store.set(state => keepSelection({ ...state, store: loaded }))
    },
    retry() {
      const { columns } = store.get()
      for (const status of shownStatuses()) if (columns[status].error !== null) void loader.loadFirst(status)
      loader.doubtCounts([])
    },
    loadMore: loader.loadMore,
    loadFirst: loader.loadFirst,
    filter(filters: Filters) {
      store.set(state => ({ ...state, filters, selected: new Set(), columns: everyColumn(() => emptyColumn) }))
      return reload()
    },
    /** To what the address tells; the same again changes nothing. */
    narrow(filters: Filters) {
      if (boardFilters.isSame(filters, store.get().filters)) return
      this.filter(filters).catch(() => {})
    },
    showCancelled(show: boolean) {
      if (show === store.get().showCancelled) return
      store.set(state => ({ ...state, showCancelled: show }))
      if (show && store.get().columns.cancelled.next === undefined) void loader.loadFirst('cancelled')
    },
    select(ids: Iterable<number>, on: boolean) {
      store.set(state => {
        const selected = new Set(state.selected)
        for (const id of ids)
          if (on) selected.add(id)
          else selected.delete(id)
        return { ...state, selected }
      })
    },
    /** Keeps a task for as long as it is open, also when it leaves the board. */
    hold(id: number | null) {
      held = id
    },
    clearSelection: () => store.set(state => ({ ...state, selected: new Set() })),
    /** Events that come back with this are one's own doing, and nothing to be surprised about. */
    noteMutation(id: string) {
      ownMutations.add(id)
      const [oldest] = ownMutations
      if (ownMutations.size > mostMutations && oldest !== undefined) ownMutations.delete(oldest)
      return id
    },
    countNow: loader.countNow,
    doubtCounts: () => loader.doubtCounts(shownStatuses()),
    stop() {
      loader.stop()
      fresh.stop()
    },
  }
}

declare module '../lib/page.ts' {
  interface Page {
    board: Board
  }
}
