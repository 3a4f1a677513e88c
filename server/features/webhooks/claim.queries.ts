import sql, { type Sql } from 'sql-template-tag'
import type { WebhookDelivery } from '../../../contract/index.ts'
import { type Connection, prepared } from '../../ports/database.ts'
import { secretColumns } from './webhooks.queries.ts'

/** A delivery that this instance sends now. `attempts` includes the present one. */
export type Claimed = Pick<WebhookDelivery, 'id' | 'webhook_id' | 'message_id' | 'event' | 'attempts'> & {
  /** When the claim ends; the mark of this claim, because each later one ends later. */
  leased_until: string
  ordered: boolean
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
 * Begins an attempt of the deliveries in `taken`. They belong to this instance for `leaseMs`. The ids are given as an
 * array: of a join PostgreSQL expects thousands of rows, and reads the whole table.
 */
const lease = (leaseMs: number): Sql => sql`
  update webhook_deliveries d
  set attempts = d.attempts + 1, last_attempt_at = now(), leased_until = lease.ends, next_attempt_at = lease.ends
  from webhooks w, users u, webhook_places place,
    (select now() + ${leaseMs} * interval '1 millisecond' as ends) lease
  where d.id = any(array(select id from taken)) and d.status = 'pending' and w.id = d.webhook_id and u.id = w.user_id and place.webhook_id = w.id
  returning d.id, d.webhook_id, d.message_id, d.event, d.attempts, d.leased_until, d."offset", d.previous_offset,
    place.epoch, w.url, w.user_id, w.ordered, u.role, ${secretColumns(sql`w`)}`

/** Webhooks that may get something now, with their owners and places. */
const open = sql`
  webhooks w join users u on u.id = w.user_id and u.is_active
  join webhook_places place on place.webhook_id = w.id
  join log_head head on head.epoch = place.epoch`
const isOpen = sql`w.enabled and (w.paused_until is null or w.paused_until <= now())`
const isFree = sql`not exists (select from webhook_deliveries o where o.webhook_id = w.id and o.leased_until > now())`
/** The delivery of an ordered webhook whose turn it is. */
const oldest = sql`
  select id, next_attempt_at from webhook_deliveries o where o.webhook_id = w.id and o.status = 'pending'
  order by id limit 1`

/**
 * Takes deliveries that are due; when this instance dies, another one takes them after `leaseMs`. Of ordered webhooks it
 * takes none, but says which of them have one that is due; `claimNext` takes it.
 *
 * The owners take turns, and in each turn their webhooks do. Nobody gets more places than stay free, so there is always
 * one for somebody who has none; the same holds among the slow ones.
 *
 * It is not prepared: a plan that was made while hardly any delivery waited would read all of them for each webhook.
 */
export async function claimDue(
  db: Connection,
  room: Room,
  leaseMs: number,
): Promise<{ claimed: Claimed[]; orderedIds: number[] }> {
  const rows = await db.query<Claimed | { id: null; webhook_id: number }>(sql`
    with room as (select * from unnest(${[...room.of.keys()]}::bigint[], ${[...room.of.values()]}::int[]) as r (id, room)),
    owners as (
      select * from unnest(${[...room.owners.keys()]}::bigint[], ${[...room.owners.values()]}::int[]) as o (id, held)),
    due as (
      select d.*, w.id as webhook_id, w.user_id, w.ordered, w.id = any(${[...room.slowOnes]}::bigint[]) as slow
      from ${open} left join room r on r.id = w.id
      cross join lateral (
        (select id, next_attempt_at, 1 as nth from (${oldest}) oldest
          where w.ordered and next_attempt_at <= now() and coalesce(r.room, 1) > 0 and ${isFree})
        union all
        (select id, next_attempt_at, row_number() over (order by next_attempt_at, id) as nth
          from webhook_deliveries d
          where not w.ordered and d.webhook_id = w.id and d.status = 'pending' and d.next_attempt_at <= now()
          order by d.next_attempt_at, d.id
          limit least(${room.all}::int, coalesce(r.room, ${room.otherwise}::int)))) d
      where ${isOpen}),
    turns as (
      select due.*, coalesce(o.held, 0) + row_number() over (
        partition by due.user_id order by due.nth, due.next_attempt_at, due.id) as place
      from due left join owners o on o.id = due.user_id),
    slowed as (
      select *, row_number() over (partition by slow order by place, next_attempt_at, id) as slow_nth from turns),
    ranked as (
      select *, row_number() over (order by place, next_attempt_at, id) as all_nth from slowed
      where place <= ${room.perOwner}::int and (not slow or place + slow_nth - 1 <= ${room.slow}::int)),
    allowed as (select * from ranked where place + all_nth - 1 <= ${room.all}::int),
    taken as (
      select d.id from webhook_deliveries d
      where d.id = any(array(select id from allowed where not ordered))
        and d.status = 'pending' and d.next_attempt_at <= now()
      for update skip locked),
    claimed as (${lease(leaseMs)})
    select * from claimed
    union all
    select null, webhook_id, null, null, null, null, null, null, null, null, null, null, null, null, null
    from allowed where ordered`)
  const claimed = rows.filter(row => row.id !== null)
  return { claimed, orderedIds: rows.flatMap(row => (row.id === null ? row.webhook_id : [])) }
}

/** Locks ordered webhooks for `claimNext`. @returns those that nobody else works on */
export const lockOrdered = async (tx: Connection, ids: readonly number[]): Promise<number[]> => {
  const rows = await tx.query<{ id: number }>(sql`
    select id from webhooks where id = any(${[...ids]}::bigint[]) order by id for no key update skip locked`)
  return rows.map(({ id }) => id)
}

/**
 * Takes of each of these ordered webhooks the oldest waiting delivery, if it is due and none is on its way. The caller
 * has locked the webhooks by an earlier statement. So this one sees what others have taken of them; without the lock, two
 * instances could take two when older ones are sent again meanwhile.
 */
export const claimNext = (tx: Connection, ids: readonly number[], leaseMs: number) =>
  tx.query<Claimed>(
    prepared(sql`
    with taken as (
      select next.id from ${open} cross join lateral (${oldest}) next
      where w.id = any(${[...ids]}::bigint[]) and w.ordered and ${isOpen} and ${isFree}
        and next.next_attempt_at <= now())
    ${lease(leaseMs)}`),
  )
