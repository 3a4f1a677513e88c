import {
  applyCommentEvent,
  isInStep,
  noComments,
  removeComment,
  upsertComments,
  type Comment,
  type CommentStore,
  type LiveEvent,
  type TaskwireClient,
} from '../../../sdk/index.ts'
import { cursorOf } from '../cursor.ts'
import { formErrors } from '../form-errors.ts'
import type { Live } from '../live/live.ts'
import { createStore } from '../store.ts'

export interface CommentsState {
  held: CommentStore
  /** The oldest that was listed; what is older is not shown, for between them there may be others. */
  floor: Comment | null
  /** Where the next page begins; null = there is none, undefined = nothing is loaded yet. */
  next: string | null | undefined
  loading: boolean
  error: string | null
  /** Came while one was looking. */
  fresh: ReadonlySet<number>
}

interface CommentsDeps {
  client: TaskwireClient
  live: Live
  taskId: number
  /** Somebody wrote one just now. */
  onCreated: (comment: Comment) => void
}

const pageSize = 20
/** A comment that one was led to is looked for so far down. */
const mostPages = 25

/** The comments of the task that is open, kept up to date for as long as it is. */
export function createComments({ client, live, taskId, onCreated }: CommentsDeps) {
  const nothing: CommentsState = {
    held: noComments(taskId),
    floor: null,
    next: undefined,
    loading: false,
    error: null,
    fresh: new Set(),
  }
  const store = createStore(nothing)
  let generation = new AbortController()

  async function loadPage(cursor: string) {
    const { signal } = generation
    store.set(state => ({ ...state, loading: true, error: null }))
    try {
      const page = await client.comments.list({ id: taskId, cursor, page_size: pageSize }, { signal })
      if (signal.aborted) return
      const next = cursorOf(page.next)
      const floor = next === null ? null : (page.results.at(-1) ?? null)
      store.set(state => ({ ...state, held: upsertComments(state.held, page.results), floor, next, loading: false }))
    } catch (error) {
      if (signal.aborted) return
      store.set(state => ({ ...state, loading: false, error: formErrors(error, []).whole }))
    }
  }

  /** Of deletions that nobody tells any more the old list knows nothing, so it is not kept. */
  function reload() {
    generation.abort()
    generation = new AbortController()
    store.set(state => ({ ...nothing, fresh: state.fresh }))
    return loadPage('')
  }

  async function loadMore() {
    const { next, loading } = store.get()
    if (!loading && next !== null) await loadPage(next ?? '')
  }

  function hear(event: LiveEvent) {
    const before = store.get().held
    const held = applyCommentEvent(before, event)
    if (held === before) return
    if (event.name === 'comment_created') {
      const { id } = event.comment
      store.gather(state => ({ ...state, held, fresh: new Set(state.fresh).add(id) }))
      onCreated(event.comment)
    } else store.gather(state => ({ ...state, held }))
  }

  return {
    store,
    loadMore,
    reload,
    take: (comment: Comment) => store.set(state => ({ ...state, held: upsertComments(state.held, [comment]) })),
    forget: (id: number) => store.set(state => ({ ...state, held: removeComment(state.held, id) })),
    /** Loads until it is there, or nowhere. */
    async seek(id: number) {
      for (let page = 0; page < mostPages && store.get().next !== null; page += 1) {
        if (store.get().held.comments.has(id) || store.get().error !== null) return
        await loadMore()
      }
    },
    /** @returns what ends it */
    start() {
      const stops = [
        live.onEvent(hear),
        live.onReset(() => void reload()),
        live.status.subscribe(() => isInStep(live.status.get()) && store.get().error !== null && void loadMore()),
      ]
      void reload()
      return () => {
        generation.abort()
        for (const stop of stops) stop()
      }
    },
  }
}
export type Comments = ReturnType<typeof createComments>

const isOlder = (one: Comment, other: Comment) =>
  one.created_at < other.created_at || (one.created_at === other.created_at && one.id < other.id)

/** Newest first: what is new stands where one looks, beside the field that one writes in. */
export function shownComments({ held, floor }: CommentsState): Comment[] {
  return [...held.comments.values()]
    .filter(comment => !floor || !isOlder(comment, floor))
    .toSorted((a, b) => (isOlder(a, b) ? 1 : -1))
}
