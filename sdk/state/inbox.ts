import type { Notification } from '../../contract/index.ts'
import type { LiveEvent } from '../realtime/live-event.ts'

/**
 * A person's notifications: the newest ones, and how many are unread in all. Pure. Events that the first answer held
 * already may come again after joining, and change nothing.
 */
export interface Inbox {
  readonly items: ReadonlyMap<number, Notification>
  /** Unread ones among those that are older than what is held. */
  readonly unreadBelow: number
  /** Whether there are older ones than what is held. */
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

/** A further page. Its count may be newer than what was heard, so it is not looked at: what comes to light was below. */
export function addOlder(inbox: Inbox, { results, next }: Pick<FirstPage, 'results' | 'next'>): Inbox {
  const news = results.filter(({ id }) => !inbox.items.has(id))
  return {
    items: new Map([...inbox.items, ...news.map(item => [item.id, item] as const)]),
    unreadBelow: next === null ? 0 : Math.max(0, inbox.unreadBelow - unreadIn(news)),
    hasMore: next !== null,
  }
}

/** @param ids null = all that are unread */
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
  // Of a page that is not loaded, and counted already.
  if (inbox.hasMore && item.id < Math.min(...inbox.items.keys())) return inbox
  return { ...inbox, items: new Map(inbox.items).set(item.id, { ...item, read_at: null }) }
}

interface Read {
  ids: number[] | null
  unread_count: number
  /** The highest id there was; servers of before do not say it. */
  up_to?: number | undefined
  at: string
}

/** What was told after it is not meant by it, though it may be here already: an answer can be ahead of the events. */
function heardRead(inbox: Inbox, { ids, unread_count, up_to, at }: Read) {
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
      return heardRead(inbox, event)
    default:
      return inbox
  }
}
