import assert from 'node:assert/strict'
import {
  addOlder,
  applyInboxEvent,
  emptyInbox,
  inboxOf,
  markRead,
  newestFirst,
  unreadCount,
  type Inbox,
  type LiveEvent,
  type Notification,
} from '../../sdk/index.ts'

/** One a second, in the order of their ids. */
const time = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const item = (id: number, read = false): Notification => ({
  id,
  type: 'mention',
  message: `message ${id}`,
  data: {},
  read_at: read ? time(59) : null,
  created_at: time(id),
})
const notification = (id: number): LiveEvent => {
  const { read_at: _, ...rest } = item(id)
  return { name: 'notification', ...rest, offset: id, at: time(id) }
}
const read = (ids: number[] | null, unread_count: number, at = 59, up_to?: number): LiveEvent => ({
  name: 'notifications_read',
  ids,
  unread_count,
  up_to,
  offset: at,
  at: time(at),
})
const page = (results: Notification[], unread_count: number, next: string | null = null) => ({
  results,
  unread_count,
  next,
})
const after = (inbox: Inbox, ...events: LiveEvent[]) => events.reduce(applyInboxEvent, inbox)
const seen = (inbox: Inbox) => newestFirst(inbox).map(({ id, read_at }) => (read_at === null ? id : -id))

describe('sdk: notifications', () => {
  it('[SDK21] are new and unread when they arrive, on top, and counted once however often they arrive', () => {
    const inbox = after(inboxOf(page([item(2), item(1, true)], 1)), notification(3), notification(3), notification(2))

    assert.deepEqual([seen(inbox), unreadCount(inbox)], [[3, 2, -1], 2])
  })

  it('[SDK21] are read here when they are read elsewhere, some or all', () => {
    const inbox = after(emptyInbox, notification(1), notification(2), notification(3))

    assert.deepEqual(seen(after(inbox, read([2], 2))), [3, -2, 1])
    assert.deepEqual([seen(after(inbox, read(null, 0))), unreadCount(after(inbox, read(null, 0)))], [[-3, -2, -1], 0])
  })

  it('[SDK21] count on pages that are not loaded, and not twice when they are loaded', () => {
    const inbox = inboxOf(page([item(9), item(8)], 4, 'more'))
    assert.equal(unreadCount(inbox), 4)

    const next = addOlder(inbox, { results: [item(7), item(6, true)], next: 'more' })
    assert.equal(unreadCount(next), 4)
    assert.equal(unreadCount(after(next, read([5], 3))), 3)
    assert.equal(unreadCount(addOlder(next, { results: [item(5)], next: null })), 4)
    assert.equal(unreadCount(markRead(next, null, time(59))), 0)
  })

  it('[SDK21] do not change in the end by events that the answer contained already', () => {
    // 1 to 3 arrived, 1 and 2 were read, 4 arrived: then the answer was made, and then all these events came again.
    const [mark, later] = [read(null, 0, 3), notification(4)]
    const ahead = inboxOf(page([item(4), item(3, true)], 1, 'more'))

    const inbox = after(ahead, notification(1), notification(2), notification(3), mark, later)

    assert.deepEqual([seen(inbox), unreadCount(inbox)], [[4, -3], 1])
  })

  it('[SDK21] stay unread when they arrive at the moment at which all are read', () => {
    const inbox = after(emptyInbox, notification(1), notification(2), notification(3))

    for (const at of [1, 3]) assert.deepEqual(seen(after(inbox, read(null, 0, at, 2))), [3, -2, -1])
  })

  it('[SDK21] stay the same object for other events', () => {
    const inbox = after(emptyInbox, notification(1))

    assert.equal(
      after(inbox, { name: 'task_deleted', task_id: 1, version: 2, deleted_by: 1, offset: 1, at: time(1) }),
      inbox,
    )
  })
})
