import assert from 'node:assert/strict'
import { createRecent } from '../../server/events/recent.ts'
import type { LogEvent } from '../../server/events/event.ts'

describe('the end of the log in memory', () => {
  const event = (offset: number, bytes = 1) => ({ offset, bytes }) as LogEvent
  const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => event(from + n))
  const offsets = (found: LogEvent[] | null) => found && found.map(({ offset }) => offset)

  it('[EV12] returns the events after a position, and null for a position before its beginning', () => {
    const recent = createRecent({ events: 10, bytes: 100 })
    recent.startAt(5)
    recent.add(events(6, 8))
    assert.deepEqual(offsets(recent.after(5)), [6, 7, 8])
    assert.deepEqual(offsets(recent.after(7)), [8])
    assert.deepEqual(offsets(recent.after(8)), [])
    assert.equal(recent.after(4), null)
  })

  it('[EV12] drops the oldest events when there are too many, or they are too large', () => {
    const recent = createRecent({ events: 3, bytes: 100 })
    recent.add(events(1, 5))
    assert.deepEqual([recent.after(1), offsets(recent.after(2))], [null, [3, 4, 5]])
    recent.add([event(6, 99)])
    assert.deepEqual([recent.after(3), offsets(recent.after(4))], [null, [5, 6]])
    recent.add([event(7, 1_000)])
    assert.deepEqual([recent.after(6), offsets(recent.after(7))], [null, []])
  })

  it('[EV12] starts again with another log', () => {
    const recent = createRecent({ events: 3, bytes: 100 })
    recent.add(events(1, 3))
    recent.startAt(1)
    assert.deepEqual([offsets(recent.after(1)), recent.after(0)], [[], null])
  })
})
