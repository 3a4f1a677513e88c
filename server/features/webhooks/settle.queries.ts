import sql from 'sql-template-tag'
import type { DeliveryStatus, Webhook } from '../../../contract/index.ts'
import { type Connection, prepared } from '../../ports/database.ts'

/** What came of a claimed delivery, as it is stored. */
export interface Outcome {
  id: number
  webhookId: number
  /** The mark of its claim: after a later claim or a redelivery this outcome counts no more. */
  leasedUntil: string
  attempts: number
  status: DeliveryStatus
  statusCode: number | null
  error: string | null
  durationMs: number | null
  /** Until the next attempt, for a pending one. */
  delayMs: number
}

type Held = Pick<Webhook, 'id' | 'user_id' | 'url' | 'enabled' | 'failing_since'> & { failing_ms: number }

/** In the order of their ids, so that two instances that settle do not block each other. */
export const lockForOutcomes = (tx: Connection, ids: readonly number[]) =>
  tx.query<Held>(
    prepared(sql`
    select id, user_id, url, enabled, failing_since,
      coalesce(extract(epoch from now() - failing_since) * 1000, 0)::float8 as failing_ms
    from webhooks where id = any(${[...ids]}::bigint[]) order by id for no key update`),
  )

export const storeOutcomes = (tx: Connection, outcomes: readonly Outcome[]) =>
  tx.query<{ id: number }>(
    prepared(sql`
    update webhook_deliveries d
    set status = o.status, attempts = o.attempts, status_code = coalesce(o.status_code, d.status_code),
      error = o.error, duration_ms = coalesce(o.duration_ms, d.duration_ms),
      next_attempt_at = case when o.status = 'pending' then now() + o.delay_ms * interval '1 millisecond' end,
      leased_until = null, completed_at = case when o.status <> 'pending' then now() end
    from unnest(${outcomes.map(one => one.id)}::bigint[], ${outcomes.map(one => one.leasedUntil)}::timestamptz[],
      ${outcomes.map(one => one.attempts)}::int[], ${outcomes.map(one => one.status)}::text[],
      ${outcomes.map(one => one.statusCode)}::int[], ${outcomes.map(one => one.error)}::text[],
      ${outcomes.map(one => one.durationMs)}::int[], ${outcomes.map(one => one.delayMs)}::float8[])
      as o (id, leased_until, attempts, status, status_code, error, duration_ms, delay_ms)
    where d.id = o.id and d.leased_until = o.leased_until and d.status = 'pending'
    returning d.id`),
  )

export const noteReached = (tx: Connection, ids: readonly number[]) =>
  tx.query(
    prepared(sql`
    update webhooks set last_triggered_at = now(), failing_since = null where id = any(${[...ids]}::bigint[])`),
  )

export const noteFailing = (tx: Connection, id: number, pauseMs: number | null) =>
  tx.query(sql`
    update webhooks set last_triggered_at = now(), failing_since = coalesce(failing_since, now()),
      paused_until = greatest(paused_until, now() + ${pauseMs}::float8 * interval '1 millisecond')
    where id = ${id}`)

export const disable = (tx: Connection, id: number, reason: string, now: string) =>
  tx.query(sql`update webhooks set enabled = false, disabled_reason = ${reason}, updated_at = ${now} where id = ${id}`)

/**
 * What waits for a receiver that is back is tried soon, spread over some seconds. What is on its way stays, also when it
 * was taken since the transaction began.
 */
export const hasten = (tx: Connection, id: number, spreadMs: number) =>
  tx.query(sql`
    update webhook_deliveries set next_attempt_at = now() + random() * ${spreadMs}::float8 * interval '1 millisecond'
    where webhook_id = ${id} and status = 'pending' and (leased_until is null or leased_until <= now())
      and next_attempt_at > now() + ${spreadMs}::float8 * interval '1 millisecond'`)
