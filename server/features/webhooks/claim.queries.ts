import sql from 'sql-template-tag'
import type { WebhookDelivery } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { secretColumns } from './webhooks.queries.ts'

/** A delivery that this instance sends now. `attempts` includes the present one, and is the mark of this claim. */
export type Claimed = Pick<WebhookDelivery, 'id' | 'webhook_id' | 'message_id' | 'event' | 'attempts'> & {
  offset: number
  previous_offset: number
  epoch: string
  url: string
  user_id: number
  role: string
  secret: Buffer
  previous_secret: Buffer | null
}

/** How many more each webhook may have on their way; the others may have `otherwise`. */
export interface Room {
  of: ReadonlyMap<number, number>
  otherwise: number
  all: number
}

/**
 * Takes deliveries that are due. They are this instance’s for `leaseMs`; when it dies, another one takes them after
 * that. An ordered webhook gets its oldest waiting delivery and no other.
 */
export const claimDue = (db: Connection, { of, otherwise, all }: Room, leaseMs: number) =>
  db.query<Claimed>(sql`
    with room as (select * from unnest(${[...of.keys()]}::bigint[], ${[...of.values()]}::int[]) as r (id, room)),
    due as (
      select d.id as delivery_id, w.*, place.epoch, u.role
      from webhooks w
      join users u on u.id = w.user_id and u.is_active
      join webhook_places place on place.webhook_id = w.id
      join log_head head on head.epoch = place.epoch
      left join room r on r.id = w.id
      cross join lateral (
        select id from webhook_deliveries d
        where d.webhook_id = w.id and d.status = 'pending' and d.next_attempt_at <= now()
          and (not w.ordered or not exists (
            select from webhook_deliveries o where o.webhook_id = w.id and o.status = 'pending' and o.id < d.id))
        order by d.next_attempt_at, d.id
        limit case when w.ordered then least(1, coalesce(r.room, 1)) else coalesce(r.room, ${otherwise}) end
        for update skip locked) d
      where w.enabled and (w.paused_until is null or w.paused_until <= now())
      limit ${all})
    update webhook_deliveries d
    set attempts = d.attempts + 1, last_attempt_at = now(), next_attempt_at = now() + ${leaseMs} * interval '1 millisecond'
    from due where d.id = due.delivery_id
    returning d.id, d.webhook_id, d.message_id, d.event, d.attempts, d."offset", d.previous_offset,
      due.epoch, due.url, due.user_id, due.role, ${secretColumns(sql`due`)}`)
