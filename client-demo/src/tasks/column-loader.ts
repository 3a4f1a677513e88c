import {
  earliest,
  positionOf,
  type Position,
  type TaskStatus,
  type TaskwireClient,
  type Task,
} from '../../../sdk/index.ts'
import { createPages } from '../live/pages.ts'
import type { Store } from '../lib/store.ts'
import { emptyColumn, everyColumn, type BoardState, type Column } from './board-state.ts'
import { isPointless, listQuery } from './filters.ts'

const pageSize = 50
/** Counting further would keep the database busy with every change, and tell nobody anything. */
const countLimit = 10_000

interface Loader {
  client: TaskwireClient
  board: Store<BoardState>
  take(tasks: readonly Task[]): void
}

/** Pages of the columns, and how many tasks there are beyond them. */
export function createColumnLoader({ client, board, take }: Loader) {
  let generation = new AbortController()
  let countTimer: ReturnType<typeof setTimeout> | undefined
  let firstStaleMs = 0
  const stale = new Set<TaskStatus>()

  function patch(status: TaskStatus, change: (column: Column) => Column) {
    board.set(state => ({ ...state, columns: { ...state.columns, [status]: change(state.columns[status]) } }))
  }

  const pagesOf = everyColumn(status =>
    createPages({
      store: { get: () => board.get().columns[status], set: change => patch(status, change) },
      async fetchPage(cursor, signal) {
        const asked = { ...listQuery(board.get().filters, status), cursor, page_size: pageSize }
        const page = await client.tasks.list(asked, { signal })
        if (!signal.aborted) take(page.results)
        return page
      },
      begin: (_: Column, { results }) => ({ listed: new Set(results.map(({ id }) => id)) }),
      add: ({ listed }: Column, { results }) => ({ listed: new Set([...listed, ...results.map(({ id }) => id)]) }),
    }),
  )

  async function loadFirst(status: TaskStatus): Promise<Position | undefined> {
    const { signal } = generation
    if (isPointless(board.get().filters, status)) {
      pagesOf[status].stop()
      patch(status, () => ({ ...emptyColumn, next: null, count: 0 }))
      return undefined
    }
    const page = await pagesOf[status].reload()
    // The cards are there; the number may come a moment later.
    if (page && page.next !== null) refreshCount(status, signal).catch(() => doubtCounts([status]))
    return page && positionOf(page)
  }

  async function refreshCount(status: TaskStatus, signal: AbortSignal) {
    const { filters } = board.get()
    const asked = { ...listQuery(filters, status), page: 1, page_size: 1, count_limit: countLimit }
    const { count = null, count_limited: countLimited = false } = await client.tasks.list(asked, { signal })
    if (!signal.aborted) patch(status, column => ({ ...column, count, countLimited }))
  }

  async function recount() {
    const wanted = [...stale]
    stale.clear()
    const { signal } = generation
    const columns = board.get().columns
    const asked = wanted.filter(status => columns[status].next)
    const answers = await Promise.allSettled(asked.map(status => refreshCount(status, signal)))
    // Asked again with the next change, or when the server is back.
    if (!signal.aborted) asked.forEach((status, at) => answers[at]?.status === 'rejected' && stale.add(status))
  }

  /** The counts of these may be off: ask soon, and not for every single change. */
  function doubtCounts(statuses: Iterable<TaskStatus>) {
    for (const status of statuses) stale.add(status)
    if (stale.size === 0) return
    if (countTimer === undefined) firstStaleMs = performance.now()
    clearTimeout(countTimer)
    const waitMs = Math.max(0, Math.min(800, firstStaleMs + 3_000 - performance.now()))
    countTimer = setTimeout(() => {
      countTimer = undefined
      void recount()
    }, waitMs)
  }

  function stopLoading() {
    generation.abort()
    for (const pages of Object.values(pagesOf)) pages.stop()
  }

  return {
    /** From the first page on, all at once; answers with the position that misses nothing of any of them. */
    async reload(statuses: readonly TaskStatus[]): Promise<Position | undefined> {
      stopLoading()
      generation = new AbortController()
      const { filters } = board.get()
      const useful = statuses.filter(status => !isPointless(filters, status))
      for (const status of statuses) if (!useful.includes(status)) void loadFirst(status)
      return earliest(await Promise.all(useful.map(loadFirst)))
    },
    loadFirst,
    async loadMore(status: TaskStatus) {
      if (typeof board.get().columns[status].next === 'string') await pagesOf[status].loadMore()
    },
    /** How many there are now, of all that the filters let through; null when the server does not say all of them. */
    async countNow(status: TaskStatus): Promise<number | null> {
      await refreshCount(status, generation.signal).catch(() => doubtCounts([status]))
      const { count, countLimited } = board.get().columns[status]
      return countLimited ? null : count
    },
    doubtCounts,
    stop() {
      stopLoading()
      clearTimeout(countTimer)
    },
  }
}
