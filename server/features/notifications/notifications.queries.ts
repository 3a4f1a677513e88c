import sql, { type Sql } from 'sql-template-tag'
import type { Notification } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf } from '../../ports/table.ts'
import type { Notice } from './notice.ts'
import { notificationsTable } from './notifications.table.ts'

type Inserted = Omit<Notification, 'read_at'> & { user_id: number }

export const insertNotifications = (tx: Connection, notices: readonly Notice[], now: string) =>
  tx.query<Inserted>(sql`
    insert into notifications (user_id, type, message, data, created_at)
    select user_id, type, message, data::json, ${now}::timestamptz
    from unnest(${notices.map(({ userId }) => userId)}::bigint[], ${notices.map(({ type }) => type)}::text[],
      ${notices.map(({ message }) => message)}::text[], ${notices.map(({ data }) => JSON.stringify(data))}::text[])
      as given (user_id, type, message, data)
    returning id, user_id, type, message, data, created_at`)

const own = (userId: number, unread: boolean | undefined): Sql =>
  unread === undefined
    ? sql`user_id = ${userId}`
    : unread
      ? sql`user_id = ${userId} and read_at is null`
      : sql`user_id = ${userId} and read_at is not null`

export const listNotifications = (
  db: Connection,
  userId: number,
  unread: boolean | undefined,
  { after, window }: Clauses,
) =>
  db.query<Notification>(sql`
    select ${columnsOf(notificationsTable)} from notifications
    where ${own(userId, unread)} and ${after} ${window}`)

export const countNotifications = (db: Connection, userId: number, unread?: boolean): Promise<number> =>
  countOf(db, sql`select count(*) from notifications where ${own(userId, unread)}`)

const lockName = 'notifications of '

/**
 * Locks a person's notifications: waits for commands that are adding some, and keeps others from adding. So the
 * existing ones are the ids up to a certain one, each recorded in the log before this command; each later one has a
 * higher id and is recorded after it.
 */
export const lockInbox = (tx: Connection, userId: number) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${lockName} || ${userId}::text, 0))`)

/**
 * The kinds that each person switched off. Keeps these people from marking notifications as read meanwhile; other
 * commands may add notifications at the same time.
 */
export const shareInboxes = (tx: Connection, userIds: number[]) =>
  tx.query<{ user_id: number; off: string[] }>(sql`
    select who as user_id, coalesce(off, '{}') as off,
      pg_advisory_xact_lock_shared(hashtextextended(${lockName} || who::text, 0))
    from unnest(${userIds}::bigint[]) as who left join notification_preferences on user_id = who`)

/** The number of unread ones and the highest id. Called while the notifications are locked. */
export async function standOf(tx: Connection, userId: number) {
  const [row] = await tx.query<{ unread_count: number; up_to: number }>(sql`
    select (select count(*) from notifications where ${own(userId, true)}) as unread_count,
      (select max(id) from notifications where user_id = ${userId}) as up_to`)
  return row!
}

/** @returns the ids of those that were unread until now */
export async function markRead(tx: Connection, userId: number, ids: number[] | undefined, now: string) {
  const these = ids ? sql`and id = any(${ids}::bigint[])` : sql``
  const rows = await tx.query<{ id: number }>(sql`
    update notifications set read_at = ${now} where user_id = ${userId} and read_at is null ${these} returning id`)
  return rows.map(({ id }) => id)
}

/** Which of these people have been notified of a mention in this comment already. */
export async function notifiedOfMention(db: Connection, commentId: number, userIds: readonly number[]) {
  const rows = await db.query<{ user_id: number }>(sql`
    select user_id from notifications
    where type = 'mention' and (data->>'comment_id')::bigint = ${commentId} and user_id = any(${userIds}::bigint[])`)
  return new Set(rows.map(row => row.user_id))
}

export async function switchedOff(db: Connection, userId: number): Promise<string[]> {
  const [row] = await db.query<{ off: string[] }>(
    sql`select off from notification_preferences where user_id = ${userId}`,
  )
  return row?.off ?? []
}

/** One statement, so that two simultaneous calls keep each other's changes. @returns the kinds that are now off */
export async function switchSome(tx: Connection, userId: number, on: string[], off: string[]): Promise<string[]> {
  const [row] = await tx.query<{ off: string[] }>(sql`
    insert into notification_preferences as kept (user_id, off) values (${userId}, ${off}::text[])
    on conflict (user_id) do update set off = array(
      select distinct type from unnest(kept.off || excluded.off) as type where type <> all (${on}::text[]))
    returning off`)
  return row!.off
}
