import assert from 'node:assert/strict'
import { createEarlyEvents } from '../../sdk/realtime/early-events.ts'
import type { LiveEvent } from '../../sdk/index.ts'

const access = (offset: number) => ({ name: 'access_changed', offset }) as LiveEvent

describe('sdk: events before a join is answered', () => {
  it('[SDK25] wait until the replay comes to their place', () => {
    const emitted: number[] = []
    const early = createEarlyEvents(({ offset }) => emitted.push(offset))
    early.add(access(5))
    early.add(access(8))
    early.emitUpTo(4)
    assert.deepEqual(emitted, [])
    early.emitUpTo(6)
    assert.deepEqual(emitted, [5])
    early.emitUpTo(Infinity)
    early.emitUpTo(Infinity)
    assert.deepEqual(emitted, [5, 8])
  })

  it('[SDK25] are forgotten with their connection, because the next join replays them', () => {
    const emitted: number[] = []
    const early = createEarlyEvents(({ offset }) => emitted.push(offset))
    early.add(access(5))
    early.forget()
    early.emitUpTo(Infinity)
    assert.deepEqual(emitted, [])
  })
})
