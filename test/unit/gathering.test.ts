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

  it('[EV15] wait for as long as sending took after a single batch, and three times as long after several', async () => {
    const reader = createReader({ database: database as never, log, recentEvents: 0, pollMs: 3600_000 })
    await reader.start()
    const sendingMs = 5
    reader.onBatch(() => {
      for (const began = performance.now(); performance.now() < began + sendingMs;);
    })
    const feed = (offset: number) => reader.feed({ epoch, events: [{ offset, bytes: 700 } as LogEvent] })
    const waits: { ms: number; end: () => void }[] = []
    const { setTimeout } = globalThis
    globalThis.setTimeout = ((end: () => void, ms: number) => ({ nth: waits.push({ ms, end }) })) as never
    try {
      const began = performance.now()
      feed(1)
      const tookMs = performance.now() - began
      assert.equal(waits.length, 1)
      assert.ok(waits[0]!.ms >= sendingMs && waits[0]!.ms <= tookMs, `${waits[0]!.ms} of ${tookMs} ms`)
      for (const offset of [2, 3]) feed(offset)
      waits[0]!.end()
      assert.equal(waits.length, 2)
      assert.ok(waits[1]!.ms >= 3 * sendingMs, `${waits[1]!.ms} ms`)
    } finally {
      globalThis.setTimeout = setTimeout
      await reader.stop()
    }
  })

  it('[EV15] do not wait after a large one', async () => {
    assert.deepEqual(await passOn(300 * 1024, 700), [[1], [2]])
  })

  it('[EV15] do not wait when they are large', async () => {
    assert.deepEqual(await passOn(700, 1024 * 1024 + 1), [[1], [2]])
  })
})
