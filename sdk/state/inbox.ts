import type { Notification } from '../../contract/index.ts'
import type { LiveEvent } from '../realtime/live-event.ts'

/**
 * A person's notifications: the newest ones, and the number of all unread ones. Pure. Events that the first answer
 * contains already may come again after joining, and change nothing.
 */
export interface Inbox {
  readonly items: ReadonlyMap<number, Notification>
  /** The number of unread notifications that are older than the loaded ones. */
  readonly unreadBelow: number
  /** Whether there are older notifications than the loaded ones. */
  readonly hasMore: boolean
}

export const emptyInbox: Inbox = { items: new Map(), unreadBelow: 0, hasMore: false }

interface FirstPage {
  results: readonly Notification[]
  unread_count: number
  next: string | null
}

const unreadIn = (items: Iterable<Notification>) => [...items].filter(({ read_at }) => read_at === null).length

export const unreadCount = ({ items, unreadBelow }: Inbox): number => unreadIn(items.values()) + unreadBelow

/** Newest first. */
export const newestFirst = ({ items }: Inbox): Notification[] => [...items.values()].toSorted((a, b) => b.id - a.id)

export const inboxOf = ({ results, unread_count, next }: FirstPage): Inbox => ({
  items: new Map(results.map(item => [item.id, item])),
  unreadBelow: next === null ? 0 : Math.max(0, unread_count - unreadIn(results)),
  hasMore: next !== null,
})

/**
 * Adds a further page. Its count may be newer than the received events, so it is ignored: the page's unread ones were
 * counted as older ones.
 */
export function addOlder(inbox: Inbox, { results, next }: Pick<FirstPage, 'results' | 'next'>): Inbox {
  const news = results.filter(({ id }) => !inbox.items.has(id))
  return {
    items: new Map([...inbox.items, ...news.map(item => [item.id, item] as const)]),
    unreadBelow: next === null ? 0 : Math.max(0, inbox.unreadBelow - unreadIn(news)),
    hasMore: next !== null,
  }
}

/** @param ids null means all unread ones */
export function markRead(inbox: Inbox, ids: readonly number[] | null, at: string): Inbox {
  const wanted = ids && new Set(ids)
  const items = new Map(inbox.items)
  for (const item of inbox.items.values()) {
    if (item.read_at === null && (wanted?.has(item.id) ?? true)) items.set(item.id, { ...item, read_at: at })
  }
  return { ...inbox, items, unreadBelow: wanted ? inbox.unreadBelow : 0 }
}

function receive(inbox: Inbox, item: Omit<Notification, 'read_at'>): Inbox {
  if (inbox.items.has(item.id)) return inbox
  // It belongs to a page that is not loaded, and is counted already.
  if (inbox.hasMore && item.id < Math.min(...inbox.items.keys())) return inbox
  return { ...inbox, items: new Map(inbox.items).set(item.id, { ...item, read_at: null }) }
}

interface Read {
  ids: number[] | null
  unread_count: number
  /** The highest id at that time; servers of the release before do not send it. */
  up_to?: number | undefined
  at: string
}

/**
 * Notifications that were added after it are not affected, even if they are loaded already, because an answer can be
 * ahead of the events.
 */
function applyRead(inbox: Inbox, { ids, unread_count, up_to, at }: Read) {
  const wasThere = (item: Notification) => (up_to === undefined ? item.created_at <= at : item.id <= up_to)
  const before = [...inbox.items.values()].filter(wasThere)
  const read = markRead(inbox, ids ?? before.map(({ id }) => id), at)
  const unreadThen = unreadIn(before.map(({ id }) => read.items.get(id)!))
  return { ...read, unreadBelow: inbox.hasMore ? Math.max(0, unread_count - unreadThen) : 0 }
}

export function applyInboxEvent(inbox: Inbox, event: LiveEvent): Inbox {
  switch (event.name) {
    case 'notification': {
      const { id, type, message, data, created_at } = event
      return receive(inbox, { id, type, message, data, created_at })
    }
    case 'notifications_read':
      return applyRead(inbox, event)
    default:
      return inbox
  }
}
