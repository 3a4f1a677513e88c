import assert from 'node:assert/strict'
import type { Attempted } from '../../server/features/webhooks/attempt.ts'
import type { Claimed } from '../../server/features/webhooks/claim.queries.ts'
import { createCourier } from '../../server/features/webhooks/courier.ts'
import type { Ended } from '../../server/features/webhooks/settle.ts'
import { measureWebhooks } from '../../server/features/webhooks/webhook-metrics.ts'
import { createSealer } from '../../server/kernel/sealed.ts'
import type { Database } from '../../server/ports/database.ts'
import { noMetrics } from '../../server/ports/metrics.ts'

const sealer = createSealer('a secret for tests that has more than 32 characters', 'webhook secrets')
const claimed = { id: 7, webhook_id: 3, user_id: 1, role: 'admin', event: 'task_created', offset: 5, attempts: 1 }
const secrets = { secret: sealer.seal('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), previous_secret: null }
const reached: Attempted = { delivered: true, statusCode: 204, error: null, durationMs: 1, pauseMs: null }

/** A courier with one delivery that is due, of an ordered webhook. Its attempts succeed, and its database is as given. */
function courierWith(given: { leaseMs?: number; read?: Promise<unknown>; settle?: () => Promise<Claimed[]> }) {
  let sent = 0
  const settled: Ended[] = []
  const query = async ({ text }: { text: string }) => {
    if (!text.includes('event_log')) return [{ ...claimed, ...secrets, ordered: true }]
    await given.read
    return [{ offset: claimed.offset, event: claimed.event, payload: '{}', at: '2026-01-01T00:00:00.000Z' }]
  }
  const courier = createCourier({
    database: { query } as unknown as Database,
    sealer,
    leaseMs: given.leaseMs ?? 3600_000,
    answerMs: 1_000,
    scheduleS: [],
    metrics: measureWebhooks(noMetrics, { db: { query: async () => [] }, underWay: () => 0 }),
    attempt: async () => {
      sent++
      return reached
    },
    settle: async ended => {
      settled.push(...structuredClone(ended))
      return given.settle?.() ?? []
    },
    ended: () => {},
    dueIn: () => {},
    failed: error => assert.fail(error as Error),
  })
  /** How often it was sent, and what was stored: the status and the number of attempts. */
  const stands = async () => {
    await courier.settle()
    return { sent, settled: settled.map(({ status, attempts }) => [status, attempts]) }
  }
  return { courier, stands }
}

describe('the courier of webhooks', () => {
  it('[WK9] sends what it has claimed just before', async () => {
    const { courier, stands } = courierWith({})
    await courier.begin()
    assert.deepEqual(await stands(), { sent: 1, settled: [['delivered', 1]] })
  })

  it('[WK9] leaves what an attempt could hold for longer than the claim lasts', async () => {
    const { courier, stands } = courierWith({ leaseMs: 1_000 })
    await courier.begin()
    assert.deepEqual(await stands(), { sent: 0, settled: [['pending', 0]] })
    assert.equal(courier.underWay, 0)
  })

  it('[WK13] begins to send nothing when it has given back what was on its way', async () => {
    const read = Promise.withResolvers<void>()
    const { courier, stands } = courierWith({ read: read.promise })
    const begun = courier.begin()
    courier.abort()
    read.resolve()
    await begun
    assert.deepEqual(await stands(), { sent: 0, settled: [['pending', 0]] })
  })

  for (const when of ['before', 'while'])
    it(`[WK19] keeps no place for an ordered webhook that goes on when it is closed ${when} its result is stored`, async () => {
      const stored = Promise.withResolvers<Claimed[]>()
      const { courier } = courierWith({ settle: () => stored.promise })
      await courier.begin()
      assert.equal(courier.underWay, 1)
      const settling = when === 'while' ? courier.settle() : null
      courier.close()
      if (!settling) assert.equal(courier.underWay, 0)
      stored.reject(new Error('the database is gone'))
      await assert.rejects(settling ?? courier.settle())
      assert.equal(courier.underWay, 0)
    })
})
