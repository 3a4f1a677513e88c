import type { Comment, TaskwireClient } from '../../../sdk/index.ts'
import type { Live } from '../live/live.ts'
import { createLiveList } from '../live/live-list.ts'
import { createStore } from '../lib/store.ts'

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

/** Newest first: what is new stands where one looks, beside the field that one writes in. */
const compare = (a: Comment, b: Comment) =>
  a.created_at === b.created_at ? b.id - a.id : a.created_at < b.created_at ? 1 : -1

/** The comments of the task that is open, kept up to date for as long as it is. */
export function createComments({ client, live, taskId, onCreated }: CommentsDeps) {
  const list = createLiveList({
    kind: 'comments',
    live,
    compare,
    fetchPage: (cursor, signal) => client.comments.list({ id: taskId, cursor, page_size: pageSize }, { signal }),
    concerns: event => 'task_id' in event && event.task_id === taskId,
  })
  /** Came while one was looking. */
  const fresh = createStore<ReadonlySet<number>>(new Set())

  /** The comment that one was led to, until it has been found. */
  let sought: number | null = null
  let pages = 0

  function seekOn() {
    const { held, next, loading, error } = list.store.get()
    if (sought === null || loading || error !== null || typeof next !== 'string' || pages >= mostPages) return
    if (held.items.has(sought) || held.gone.has(sought)) return
    pages += 1
    void list.loadMore()
  }

  return {
    ...list,
    fresh,
    /** Loads until it is there, or nowhere; again after the list has been loaded anew. */
    seek(id: number) {
      sought = id
      pages = 0
      seekOn()
    },
    /** @returns what ends it */
    start() {
      const stops = [
        live.onEvent(event => {
          if (event.name !== 'comment_created' || event.task_id !== taskId) return
          const { id } = event.comment
          const { items, gone } = list.store.get().held
          if (items.has(id) || gone.has(id)) return
          fresh.set(ids => new Set(ids).add(id))
          onCreated(event.comment)
        }),
        list.store.subscribe(seekOn),
        list.start(),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
export type Comments = ReturnType<typeof createComments>
