import {
  addOlder,
  applyInboxEvent,
  emptyInbox,
  inboxOf,
  markRead,
  positionOf,
  type Inbox,
  type LiveEvent,
  type Position,
  type TaskwireClient,
} from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { createPages, unloaded, type Paging } from '../live/pages.ts'
import { createStore } from '../lib/store.ts'
import type { Toasts } from '../ui/toasts.ts'
import { createNotificationToasts } from './notification-toasts.ts'

export interface NotificationsState extends Paging {
  inbox: Inbox
}

const pageSize = 30

/** What the person was told, in step with all their tabs. */
export function createNotifications({ client, toasts }: { client: TaskwireClient; toasts: Toasts }) {
  const store = createStore<NotificationsState>({ ...unloaded, inbox: emptyInbox })
  const toastsOfNotifications = createNotificationToasts(toasts)
  const pages = createPages({
    store,
    fetchPage: (cursor, signal) => client.notifications.list({ cursor, page_size: pageSize }, { signal }),
    begin: (_: NotificationsState, page) => ({ inbox: inboxOf(page) }),
    add: ({ inbox }: NotificationsState, page) => ({ inbox: addOlder(inbox, page) }),
  })

  async function load(): Promise<Position | undefined> {
    const page = await pages.reload()
    return page && positionOf(page)
  }

  return {
    store,
    load,
    loadMore: pages.loadMore,
    retry: () => void (store.get().error !== null && pages.loadMore()),
    apply(event: LiveEvent) {
      const change = (state: NotificationsState) => {
        const inbox = applyInboxEvent(state.inbox, event)
        return inbox === state.inbox ? state : { ...state, inbox }
      }
      pages.note(change)
      const before = store.get()
      store.gather(change)
      if (event.name === 'notification' && store.get() !== before) toastsOfNotifications.tell(event.message)
    },
    /** Shown at once; the event that says so comes to all tabs, this one too. @param ids absent = all */
    async read(ids?: number[]) {
      store.set(state => ({
        ...state,
        inbox: markRead(state.inbox, ids ?? null, new Date(client.now()).toISOString()),
      }))
      try {
        await client.notifications.read(ids ? { ids } : {})
      } catch (error) {
        toasts.error(`Not marked as read: ${formErrors(error, []).whole}`)
        await load()
      }
    },
    stop() {
      pages.stop()
      toastsOfNotifications.stop()
    },
  }
}
export type Notifications = ReturnType<typeof createNotifications>

declare module '../lib/page.ts' {
  interface Page {
    notifications: Notifications
  }
}
