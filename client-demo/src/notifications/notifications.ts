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
import { cursorOf } from '../cursor.ts'
import { formErrors } from '../form-errors.ts'
import { createStore } from '../store.ts'
import type { Toasts } from '../ui/toasts.ts'
import { createNotificationToasts } from './notification-toasts.ts'

export interface NotificationsState {
  inbox: Inbox
  /** Where the next page begins; null = there is none, undefined = nothing is loaded yet. */
  next: string | null | undefined
  loading: boolean
  error: string | null
}

const pageSize = 30

/** What the person was told, in step with all their tabs. */
export function createNotifications({ client, toasts }: { client: TaskwireClient; toasts: Toasts }) {
  const store = createStore<NotificationsState>({ inbox: emptyInbox, next: undefined, loading: false, error: null })
  const toastsOfNotifications = createNotificationToasts(toasts)
  /** What comes while a list is on its way may be newer than the list. */
  let meanwhile: LiveEvent[] | null = null

  const patch = (part: Partial<NotificationsState>) => store.set(state => ({ ...state, ...part }))

  async function load(): Promise<Position | undefined> {
    const heard: LiveEvent[] = (meanwhile = [])
    patch({ loading: true, error: null })
    try {
      const page = await client.notifications.list({ cursor: '', page_size: pageSize })
      if (meanwhile !== heard) return undefined
      patch({ inbox: heard.reduce(applyInboxEvent, inboxOf(page)), next: cursorOf(page.next), loading: false })
      return positionOf(page)
    } catch (error) {
      if (meanwhile === heard) patch({ loading: false, error: formErrors(error, []).whole })
      return undefined
    } finally {
      if (meanwhile === heard) meanwhile = null
    }
  }

  async function loadMore() {
    const { next, loading } = store.get()
    if (typeof next !== 'string' || loading) return
    patch({ loading: true, error: null })
    try {
      const page = await client.notifications.list({ cursor: next, page_size: pageSize })
      store.set(state => {
        // Loaded anew meanwhile: this page belongs below another one.
        if (state.next !== next) return { ...state, loading: false }
        return { ...state, inbox: addOlder(state.inbox, page), next: cursorOf(page.next), loading: false }
      })
    } catch (error) {
      patch({ loading: false, error: formErrors(error, []).whole })
    }
  }

  return {
    store,
    load,
    loadMore,
    retry: () => void (store.get().error !== null && load()),
    apply(event: LiveEvent) {
      meanwhile?.push(event)
      const before = store.get().inbox
      const inbox = applyInboxEvent(before, event)
      if (inbox === before) return
      store.gather(state => ({ ...state, inbox }))
      if (event.name === 'notification') toastsOfNotifications.tell(event.message)
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
    stop: toastsOfNotifications.stop,
  }
}
export type Notifications = ReturnType<typeof createNotifications>
