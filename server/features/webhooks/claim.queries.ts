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

/** How many deliveries may begin. */
export interface Room {
  /** How many more each webhook may have on their way; the others may have `otherwise`. */
  of: ReadonlyMap<number, number>
  otherwise: number
  all: number
  /** How many more of webhooks that are slow or fail, of all together; and which these are. */
  slow: number
  slowOnes: readonly number[]
  /** How many each owner has on their way, and how many they may have. */
  owners: ReadonlyMap<number, number>
  perOwner: number
}

/**
 * Takes deliveries that are due. They are this instance’s for `leaseMs`; when it dies, another one takes them after
 * that. An ordered webhook gets its oldest waiting delivery, when none is on its way, and no other.
 *
 * The owners take turns, and in each turn their webhooks do. Nobody gets more places than stay free, so there is always
 * one for somebody who has none; the same holds among the slow ones.
 */
export const claimDue = (db: Connection, room: Room, leaseMs: number) =>
  db.query<Claimed>(sql`
    with room as (select * from unnest(${[...room.of.keys()]}::bigint[], ${[...room.of.values()]}::int[]) as r (id, room)),
    owners as (
      select * from unnest(${[...room.owners.keys()]}::bigint[], ${[...room.owners.values()]}::int[]) as o (id, held)),
    due as (
      select d.*, w.id as webhook_id, w.user_id, w.id = any(${[...room.slowOnes]}::bigint[]) as slow
      from webhooks w
      join users u on u.id = w.user_id and u.is_active
      join webhook_places place on place.webhook_id = w.id
      join log_head head on head.epoch = place.epoch
      left join room r on r.id = w.id
      cross join lateral (
        select id, next_attempt_at, row_number() over (order by next_attempt_at, id) as nth
        from webhook_deliveries d
        where d.webhook_id = w.id and d.status = 'pending' and d.next_attempt_at <= now()
          and (not w.ordered or not exists (
            select from webhook_deliveries o where o.webhook_id = w.id and o.status = 'pending' and o.id < d.id))
        order by d.next_attempt_at, d.id
        limit least(${room.all}::int,
          case when w.ordered then least(1, coalesce(r.room, 1)) else coalesce(r.room, ${room.otherwise}::int) end)) d
      where w.enabled and (w.paused_until is null or w.paused_until <= now())
        and not (w.ordered and exists (
          select from webhook_deliveries o where o.webhook_id = w.id and o.leased_until > now()))),
    turns as (
      select due.*, coalesce(o.held, 0) + row_number() over (
        partition by due.user_id order by due.nth, due.next_attempt_at, due.id) as place
      from due left join owners o on o.id = due.user_id),
    slowed as (
      select *, row_number() over (partition by slow order by place, next_attempt_at, id) as slow_nth from turns),
    allowed as (
      select *, row_number() over (order by place, next_attempt_at, id) as all_nth from slowed
      where place <= ${room.perOwner}::int and (not slow or place + slow_nth - 1 <= ${room.slow}::int)),
    taken as (
      select d.id from webhook_deliveries d
      where d.id in (select id from allowed where place + all_nth - 1 <= ${room.all}::int)
        and d.status = 'pending' and d.next_attempt_at <= now()
      for update skip locked)
    update webhook_deliveries d
    set attempts = d.attempts + 1, last_attempt_at = now(), leased_until = lease.ends, next_attempt_at = lease.ends
    from taken, webhooks w, users u, webhook_places place,
      (select now() + ${leaseMs} * interval '1 millisecond' as ends) lease
    where d.id = taken.id and w.id = d.webhook_id and u.id = w.user_id and place.webhook_id = w.id
    returning d.id, d.webhook_id, d.message_id, d.event, d.attempts, d."offset", d.previous_offset,
      place.epoch, w.url, w.user_id, u.role, ${secretColumns(sql`w`)}`)
