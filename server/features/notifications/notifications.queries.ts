import sql, { type Sql } from 'sql-template-tag'
import type { Notification } from '../../../contract/index.ts'
import type { Connection } from '../../kernel/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import type { Notice } from './notify.ts'

type Told = Omit<Notification, 'read_at'> & { user_id: number }

export const insertNotifications = (tx: Connection, notices: readonly Notice[], now: string) =>
  tx.query<Told>(sql`
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
    select id, type, message, data, read_at, created_at from notifications
    where ${own(userId, unread)} and ${after} ${window}`)

export async function countNotifications(db: Connection, userId: number, unread?: boolean): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`select count(*) from notifications where ${own(userId, unread)}`)
  return row!.count
}

/** @returns the ids of those that were unread until now */
export async function markRead(tx: Connection, userId: number, ids: number[] | undefined, now: string) {
  const these = ids ? sql`and id = any(${ids}::bigint[])` : sql``
  const rows = await tx.query<{ id: number }>(sql`
    update notifications set read_at = ${now} where user_id = ${userId} and read_at is null ${these} returning id`)
  return rows.map(({ id }) => id)
}

export async function switchedOff(db: Connection, userId: number): Promise<string[]> {
  const [row] = await db.query<{ off: string[] }>(
    sql`select off from notification_preferences where user_id = ${userId}`,
  )
  return row?.off ?? []
}

export const switchOff = (tx: Connection, userId: number, off: string[]) =>
  tx.query(sql`
    insert into notification_preferences (user_id, off) values (${userId}, ${off})
    on conflict (user_id) do update set off = excluded.off`)
