import type { Comment, TaskwireClient } from '../../../sdk/index.ts'
import type { Live } from '../live/live.ts'
import { createLiveList } from '../live/live-list.ts'
import { createStore } from '../store.ts'

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
    concerns: event => !('task_id' in event) || event.task_id === taskId,
  })
  /** Came while one was looking. */
  const fresh = createStore<ReadonlySet<number>>(new Set())

  return {
    ...list,
    fresh,
    /** Loads until it is there, or nowhere. */
    async seek(id: number) {
      for (let page = 0; page < mostPages && list.store.get().next !== null; page += 1) {
        if (list.store.get().held.items.has(id) || list.store.get().error !== null) return
        await list.loadMore()
      }
    },
    /** @returns what ends it */
    start() {
      const stopHearing = live.onEvent(event => {
        const before = list.store.get().held
        if (event.name !== 'comment_created' || event.task_id !== taskId || before.items.has(event.comment.id)) return
        fresh.set(ids => new Set(ids).add(event.comment.id))
        onCreated(event.comment)
      })
      const stopList = list.start()
      return () => {
        stopHearing()
        stopList()
      }
    },
  }
}
export type Comments = ReturnType<typeof createComments>
