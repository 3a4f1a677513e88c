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
 * The webhook that is furthest behind, locked; another instance takes another one. Those of people who are disabled
 * wait, and so do those of which much is still to be sent: the log keeps the rest.
 *
 * @param names only one that asks for one of these events, or for all; null for any
 */
export const lockLagging = async (
  tx: Connection,
  mostPending: number,
  without: readonly number[],
  names: readonly string[] | null,
): Promise<Lagging | undefined> => {
  const interested = names === null ? sql`true` : sql`w.events && ${['*', ...names]}::text[]`
  const [row] = await tx.query<Lagging>(sql`
    select w.id, w.user_id, u.role, w.events, w.epoch, w.position, w.last_offset,
      head.epoch as log_epoch, head.first, head.last
    from webhooks w join users u on u.id = w.user_id cross join log_head head
    where w.enabled and u.is_active and (w.position < head.last or w.epoch <> head.epoch)
      and w.id <> all(${[...without]}::bigint[]) and ${interested}
      and (select count(*) from (
        select from webhook_deliveries where webhook_id = w.id and status = 'pending' limit ${mostPending}) waiting
      ) < ${mostPending}
    order by w.position limit 1 for update of w skip locked`)
  return row
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
  tx.query(sql`update webhooks set position = ${position}, last_offset = ${lastOffset} where id = ${id}`)

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
  await tx.query(sql`
    insert into webhook_deliveries (webhook_id, "offset", previous_offset, event, status, error, created_at, completed_at)
    select id, ${offset}, last_offset, 'webhook.gap', 'skipped', ${why}, ${now}, ${now} from webhooks
    where id = ${id} and (position <> ${offset} or epoch <> ${epoch})`)
  await tx.query(sql`
    update webhooks set epoch = ${epoch}, position = ${offset},
      last_offset = case when position <> ${offset} or epoch <> ${epoch} then ${offset} else last_offset end
    where id = ${id}`)
}

/** The log is no longer there: what was to be sent is given up, and offsets in it mean nothing any more. */
export const forgetPlaces = (tx: Connection, id: number, why: string, now: string) =>
  tx.query(sql`
    update webhook_deliveries set "offset" = null, previous_offset = null, next_attempt_at = null,
      error = case when status = 'pending' then ${why} else error end,
      completed_at = coalesce(completed_at, ${now}),
      status = case when status = 'pending' then 'skipped' else status end
    where webhook_id = ${id} and ("offset" is not null or status = 'pending')`)
