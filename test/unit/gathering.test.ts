import assert from 'node:assert/strict'
import type { LogEvent } from '../../server/events/index.ts'
import { createReader } from '../../server/events/reader.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Connection } from '../../server/ports/database.ts'

const epoch = 'a log'
const log = createLogger({ level: 'silent', pretty: false })
/** At the beginning of an empty log. */
const database = { query: async () => [{ epoch, first: 1, last: 0 }] } as unknown as Connection

describe('events that come soon after others', () => {
  /** Passes events of these sizes on, one after the other, to a receiver that takes two milliseconds for each batch. */
  async function passOn(...sizes: number[]): Promise<number[][]> {
    const reader = createReader({ database: database as never, log, recentEvents: 0, pollMs: 3600_000 })
    const batches: number[][] = []
    await reader.start()
    reader.onBatch(events => {
      for (const began = performance.now(); performance.now() < began + 2;);
      batches.push(events.map(({ offset }) => offset))
    })
    for (const [nth, bytes] of sizes.entries()) reader.feed({ epoch, events: [{ offset: nth + 1, bytes } as LogEvent] })
    await reader.stop()
    return batches
  }

  it('[EV15] wait to be sent together', async () => {
    assert.deepEqual(await passOn(700, 700), [[1]])
  })

  it('[EV15] do not wait after a large one', async () => {
    assert.deepEqual(await passOn(300 * 1024, 700), [[1], [2]])
  })

  it('[EV15] do not wait when they are large', async () => {
    assert.deepEqual(await passOn(700, 1024 * 1024 + 1), [[1], [2]])
  })
})
