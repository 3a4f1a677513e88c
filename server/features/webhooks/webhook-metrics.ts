import sql from 'sql-template-tag'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Metrics } from '../../ports/metrics.ts'

export type WebhookMetrics = ReturnType<typeof measureWebhooks>

const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
/** Beyond this many nobody needs to know how many wait. */
const mostCounted = 10_000

/** Deliveries to webhooks in numbers: attempts are counted by the instance that makes them. */
export function measureWebhooks(metrics: Metrics, { db, underWay }: { db: Connection; underWay: () => number }) {
  const deliveries = metrics.counter({
    name: 'taskwire_webhook_attempts_total',
    help: 'Attempts to deliver to webhooks by result: delivered, failed, given_up after the last try, skipped',
    labels: ['result'],
  })
  const seconds = metrics.histogram(
    { name: 'taskwire_webhook_attempt_seconds', help: 'Time that receivers of webhooks take to answer' },
    bounds,
  )
  for (const result of ['delivered', 'failed', 'given_up', 'skipped']) deliveries.add({ result }, 0)
  metrics.reading(
    'gauge',
    { name: 'taskwire_webhook_under_way', help: 'Deliveries to webhooks that this instance is making' },
    () => [{ value: underWay() }],
  )
  metrics.reading(
    'gauge',
    { name: 'taskwire_webhook_pending', help: 'Deliveries to webhooks that wait, of all; counted up to 10,000' },
    async () => [
      {
        value: await countOf(
          db,
          sql`select count(*) from (select from webhook_deliveries where status = 'pending' limit ${mostCounted}) waiting`,
        ),
      },
    ],
  )
  return {
    attempted: (result: 'delivered' | 'failed' | 'given_up', durationMs: number) => {
      deliveries.add({ result })
      seconds.observe({}, durationMs / 1_000)
    },
    skipped: () => deliveries.add({ result: 'skipped' }),
  }
}
