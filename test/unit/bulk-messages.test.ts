import assert from 'node:assert/strict'
import type { LogEvent } from '../../server/events/index.ts'
import { bulkMessage, messagesOf } from '../../server/faces/socket/bulk.ts'

describe('messages of a bulk operation', () => {
  let offset = 0
  const event = (name: LogEvent['event'], command: number, bulk = true): LogEvent => ({
    offset: ++offset,
    at: `at ${offset}`,
    command,
    bulk,
    mutation_id: null,
    traceparent: null,
    event: name,
    scope: 'all',
    reach: null,
    bytes: 0,
    payload: { task: { id: offset }, task_id: offset, updated_by: 7, deleted_by: 7 },
  })
  /** The groups in short: the name and the number of events in each message. */
  const groups = (events: LogEvent[]) =>
    [...messagesOf(events)].map(one => (one.kind === 'single' ? one.event.event : `${one.of} × ${one.events.length}`))

  it('[BK10] join consecutive events of one command and kind', () => {
    const events = [
      event('task_updated', 1),
      event('task_updated', 1),
      event('task_updated', 2),
      event('task_deleted', 2),
    ]
    assert.deepEqual(groups(events), ['task_updated × 2', 'task_updated × 1', 'task_deleted × 1'])
  })

  it('[BK10] leave other events single and in their place', () => {
    const events = [
      event('task_removed', 1),
      event('task_updated', 1),
      event('task_updated', 2, false),
      event('task_created', 3),
      event('task_updated', 1),
    ]
    assert.deepEqual(groups(events), [
      'task_removed',
      'task_updated × 1',
      'task_updated',
      'task_created',
      'task_updated × 1',
    ])
  })

  it('[BK10] are several when they hold more than a mebibyte', () => {
    const large = (bytes: number) => ({ ...event('task_updated', 1), bytes })
    assert.deepEqual(groups(Array.from({ length: 7 }, () => large(400_000))), [
      'task_updated × 3',
      'task_updated × 3',
      'task_updated × 1',
    ])
    assert.deepEqual(groups([large(100), large(5_000_000), large(100)]), ['task_updated × 2', 'task_updated × 1'])
    assert.deepEqual(groups(Array.from({ length: 1_000 }, () => large(500))), ['task_updated × 1000'])
  })

  it('[BK10] are none without an event', () => assert.deepEqual(groups([]), []))

  it('[BK10] have the position of their last event', () => {
    const events = [event('task_updated', 1), { ...event('task_updated', 1), mutation_id: 'm' }]
    const { name, payload } = bulkMessage('task_updated', events)
    const [first, last] = events as [LogEvent, LogEvent]
    assert.equal(name, 'tasks_bulk_updated')
    assert.deepEqual(payload, {
      tasks: [{ id: first.offset }, { id: last.offset }],
      updated_by: 7,
      first_offset: first.offset,
      offset: last.offset,
      at: last.at,
      mutation_id: 'm',
    })
  })
})
