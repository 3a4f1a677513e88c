import { isInStep, type Activity, type LiveEvent, type TaskwireClient } from '../../../sdk/index.ts'
import { cursorOf } from '../cursor.ts'
import { formErrors } from '../form-errors.ts'
import type { Live } from '../live/live.ts'
import { createStore } from '../store.ts'

export interface FeedState {
  /** Newest first. Entries never change. */
  entries: readonly Activity[]
  /** Where the next page begins; null = there is none, undefined = nothing is loaded yet. */
  next: string | null | undefined
  loading: boolean
  error: string | null
}

const pageSize = 30
const settleMs = 250

const concerns = (event: LiveEvent, taskId: number): boolean =>
  event.name === 'tasks_bulk_updated'
    ? event.tasks.some(({ id }) => id === taskId)
    : 'task_id' in event && event.task_id === taskId

/** What happened to the task that is open. No event carries entries, so when something happens they are asked for. */
export function createFeed({ client, live, taskId }: { client: TaskwireClient; live: Live; taskId: number }) {
  const store = createStore<FeedState>({ entries: [], next: undefined, loading: false, error: null })
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = new AbortController()

  async function fetchPage(
    cursor: string,
    put: (state: FeedState, page: Activity[], next: string | null) => FeedState,
  ) {
    const { signal } = ended
    store.set(state => ({ ...state, loading: true, error: null }))
    try {
      const page = await client.activity.ofTask({ id: taskId, cursor, page_size: pageSize }, { signal })
      if (signal.aborted) return
      store.set(state => ({ ...put(state, page.results, cursorOf(page.next)), loading: false }))
    } catch (error) {
      if (!signal.aborted) store.set(state => ({ ...state, loading: false, error: formErrors(error, []).whole }))
    }
  }

  const refresh = () =>
    fetchPage('', (state, page, next) => {
      const news = page.filter(entry => !state.entries.some(({ id }) => id === entry.id))
      // So much is new that there may be a gap: what was below is loaded again when it is wanted.
      if (news.length === page.length) return { ...state, entries: page, next }
      return { ...state, entries: [...news, ...state.entries] }
    })

  function soon() {
    clearTimeout(timer)
    timer = setTimeout(() => void refresh(), settleMs)
  }

  return {
    store,
    async loadMore() {
      const { next, loading } = store.get()
      if (typeof next !== 'string') return await refresh()
      if (loading) return
      await fetchPage(next, (state, page, after) =>
        // Begun anew meanwhile: this page belongs below another one.
        state.next === next ? { ...state, entries: [...state.entries, ...page], next: after } : state,
      )
    },
    /** @returns what ends it */
    start() {
      ended = new AbortController()
      const stops = [
        live.onEvent(event => concerns(event, taskId) && soon()),
        live.onReset(soon),
        live.status.subscribe(() => isInStep(live.status.get()) && store.get().error !== null && soon()),
      ]
      void refresh()
      return () => {
        clearTimeout(timer)
        ended.abort()
        for (const stop of stops) stop()
      }
    },
  }
}
