import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

/** A webhook that has not read the log to its end, with its owner and the present log. */
export interface Lagging {
  id: number
  user_id: number
  role: string
  events: string[]
  epoch: string
  position: number
  last_offset: number
  log_epoch: string
  first: number
  last: number
}

/**
 * The webhook that is furthest behind, with its place locked; another instance takes another one. Those of people who are disabled
 * wait, and so do those of which much was still to be sent a moment ago: the log keeps the rest.
 *
 * @param names only one that asks for one of these events, or for all; null for any
 */
export const lockLagging = async (
  tx: Connection,
  without: readonly number[],
  names: readonly string[] | null,
): Promise<Lagging | undefined> => {
  const interested = names === null ? sql`true` : sql`w.events && ${['*', ...names]}::text[]`
  const [row] = await tx.query<Lagging>(sql`
    select w.id, w.user_id, u.role, w.events, place.epoch, place.position, place.last_offset,
      head.epoch as log_epoch, head.first, head.last
    from webhooks w join webhook_places place on place.webhook_id = w.id join users u on u.id = w.user_id
    cross join log_head head
    where w.enabled and u.is_active and (place.position < head.last or place.epoch <> head.epoch)
      and (place.full_until is null or place.full_until <= now())
      and w.id <> all(${[...without]}::bigint[]) and ${interested}
    order by place.position limit 1 for update of place skip locked`)
  return row
}

/**
 * Lets a webhook of which `most` deliveries wait read no further for a while. Counting them is expensive, so it is done
 * for the one webhook that would read, and not again before the while is over.
 *
 * @returns whether so many wait
 */
export const restIfFull = async (tx: Connection, id: number, most: number, restMs: number): Promise<boolean> => {
  const rows = await tx.query(sql`
    update webhook_places set full_until = now() + ${restMs}::float8 * interval '1 millisecond'
    where webhook_id = ${id} and (select count(*) from (
      select from webhook_deliveries where webhook_id = ${id} and status = 'pending' limit ${most}) waiting) >= ${most}
    returning webhook_id`)
  return rows.length > 0
}

/** One delivery for each event, in order, each with the offset of the one before. */
export const addDeliveries = (
  tx: Connection,
  { id, last_offset }: Pick<Lagging, 'id' | 'last_offset'>,
  events: readonly { offset: number; type: string }[],
  now: string,
) =>
  tx.query(sql`
    insert into webhook_deliveries (webhook_id, "offset", previous_offset, event, status, created_at, next_attempt_at)
    select ${id}, place, lag(place, 1, ${last_offset}::bigint) over (order by place), type, 'pending', ${now}, now()
    from unnest(${events.map(({ offset }) => offset)}::bigint[], ${events.map(({ type }) => type)}::text[])
      as given (place, type)
    order by place`)

export const movePosition = (tx: Connection, id: number, position: number, lastOffset: number) =>
  tx.query(sql`
    update webhook_places set position = ${position}, last_offset = ${lastOffset} where webhook_id = ${id}`)

/**
 * Moves a webhook on without sending what lies between. The note in its deliveries has an offset like a message, so the
 * next message shows the receiver by its `previous_offset` that something is missing.
 */
export const skipTo = async (
  tx: Connection,
  id: number,
  { epoch, offset }: { epoch: string; offset: number },
  why: string,
  now: string,
): Promise<void> => {
  const [place] = await tx.query<Place>(sql`
    select epoch, position, last_offset from webhook_places where webhook_id = ${id} for update`)
  if (!place || (place.epoch === epoch && place.position === offset)) return
  await tx.query(sql`
    insert into webhook_deliveries (webhook_id, "offset", previous_offset, event, status, error, created_at, completed_at)
    values (${id}, ${offset}, ${place.last_offset}, 'webhook.gap', 'skipped', ${why}, ${now}, ${now})`)
  await tx.query(sql`
    update webhook_places set epoch = ${epoch}, position = ${offset}, last_offset = ${offset} where webhook_id = ${id}`)
}

/**
 * Gives up what waits, with its place locked by `skipTo`. The offsets stay, so the next message shows the hole. What is
 * on its way ends by itself.
 */
export const skipWaiting = async (tx: Connection, id: number, why: string, now: string): Promise<void> => {
  await tx.query(sql`
    update webhook_deliveries set status = 'skipped', error = ${why}, next_attempt_at = null, completed_at = ${now}
    where webhook_id = ${id} and status = 'pending' and (leased_until is null or leased_until <= now())`)
  await tx.query(sql`update webhook_places set full_until = null where webhook_id = ${id}`)
}

type Place = Pick<Lagging, 'epoch' | 'position' | 'last_offset'>

/**
 * Locks the place before the webhook is deleted: who reads the log for it holds the place and needs the webhook, so the
 * two would wait for each other.
 */
export const lockPlace = (tx: Connection, id: number) =>
  tx.query(sql`select from webhook_places where webhook_id = ${id} for update`)

/** The log is no longer there: what was to be sent is given up, and offsets in it mean nothing any more. */
export const forgetPlaces = (tx: Connection, id: number, why: string, now: string) =>
  tx.query(sql`
    update webhook_deliveries set "offset" = null, previous_offset = null, next_attempt_at = null, leased_until = null,
      error = case when status = 'pending' then ${why} else error end,
      completed_at = coalesce(completed_at, ${now}),
      status = case when status = 'pending' then 'skipped' else status end
    where webhook_id = ${id} and ("offset" is not null or status = 'pending')`)
