import type { Activity, LiveEvent, TaskwireClient } from '../../../sdk/index.ts'
import { followLive } from '../live/follow.ts'
import type { Live } from '../live/live.ts'
import { createPages, unloaded, type Paging } from '../live/pages.ts'
import { createStore } from '../lib/store.ts'

export interface FeedState extends Paging {
  /** Newest first. Entries never change. */
  entries: readonly Activity[]
}

const pageSize = 30
const settleMs = 250

function concerns(event: LiveEvent, taskId: number | null): boolean {
  if (taskId === null) return true
  return event.name === 'tasks_bulk_updated'
    ? event.tasks.some(({ id }) => id === taskId)
    : 'task_id' in event && event.task_id === taskId
}

/**
 * What happened to one task, or to everything that one sees. No event carries entries, so when something happens they
 * are asked for.
 *
 * @param taskId null = everything
 */
export function createFeed({ client, live, taskId }: { client: TaskwireClient; live: Live; taskId: number | null }) {
  const store = createStore<FeedState>({ ...unloaded, entries: [] })
  let timer: ReturnType<typeof setTimeout> | undefined

  const pages = createPages({
    store,
    fetchPage: (cursor, signal) =>
      taskId === null
        ? client.activity.ofAll({ cursor, page_size: pageSize }, { signal })
        : client.activity.ofTask({ id: taskId, cursor, page_size: pageSize }, { signal }),
    begin({ entries, next }: FeedState, { results }) {
      const news = results.filter(entry => !entries.some(({ id }) => id === entry.id))
      // So much is new that there may be a gap: what was below is loaded again when it is wanted.
      if (news.length === results.length) return { entries: results }
      return { entries: [...news, ...entries], next }
    },
    add: ({ entries }: FeedState, { results }) => ({ entries: [...entries, ...results] }),
  })

  function soon() {
    clearTimeout(timer)
    // A page that is on its way would be lost.
    timer = setTimeout(() => (store.get().loading ? soon() : void pages.reload()), settleMs)
  }

  return {
    store,
    loadMore: pages.loadMore,
    /** @returns what ends it */
    start() {
      const stop = followLive(live, {
        hear: event => concerns(event, taskId) && soon(),
        load: () => void pages.reload(),
        reset: soon,
        retry: () => store.get().error !== null && soon(),
      })
      return () => {
        clearTimeout(timer)
        stop()
        pages.stop()
      }
    },
  }
}
