import sql, { join, type Sql } from 'sql-template-tag'
import type { Webhook } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { assignmentsOf, columnsOf } from '../../ports/table.ts'
import { webhooksTable } from './webhooks.table.ts'

const columns = columnsOf(webhooksTable)

/** The endpoint with its secrets, encrypted; the former one only while it still signs. */
export type WithSecrets = Webhook & { secret: Buffer; previous_secret: Buffer | null }

export const secretColumns = (from: Sql): Sql => sql`${from}.secret,
  case when ${from}.previous_secret_until > now() then ${from}.previous_secret end as previous_secret`

export const lockWebhooksOf = (tx: Connection, userId: number) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`webhooks of ${userId}`}, 0))`)

export const countWebhooksOf = (db: Connection, userId: number): Promise<number> =>
  countOf(db, sql`select count(*) from webhooks where user_id = ${userId}`)

type NewWebhook = Pick<Webhook, 'user_id' | 'url' | 'events' | 'description' | 'ordered'> & { secret: Buffer }

/** It begins at the present end of the log. */
export const insertWebhook = async (tx: Connection, given: NewWebhook, now: string): Promise<Webhook> => {
  const { user_id, url, events, description, ordered, secret } = given
  const [row] = await tx.query<Webhook>(sql`
    with made as (
      insert into webhooks (user_id, url, events, description, ordered, secret, created_at, updated_at)
      values (${user_id}, ${url}, ${events}::text[], ${description}, ${ordered}, ${secret}, ${now}, ${now}) returning *),
    placed as (
      insert into webhook_places (webhook_id, epoch, position) select made.id, epoch, last from made, log_head)
    select ${columns} from made`)
  return row!
}

export const findWebhook = async (db: Connection, id: number): Promise<WithSecrets | undefined> => {
  const [row] = await db.query<WithSecrets>(
    sql`select ${columns}, ${secretColumns(sql`webhooks`)} from webhooks where id = ${id}`,
  )
  return row
}

/** The lock lets deliveries be added meanwhile. */
export const lockWebhook = async (tx: Connection, id: number): Promise<Webhook | undefined> => {
  const [row] = await tx.query<Webhook>(sql`select ${columns} from webhooks where id = ${id} for no key update`)
  return row
}

export type WebhookChange = Partial<
  Pick<Webhook, 'url' | 'events' | 'description' | 'ordered' | 'enabled' | 'disabled_reason'>
>

export const updateWebhook = async (
  tx: Connection,
  id: number,
  change: WebhookChange,
  now: string,
): Promise<Webhook> => {
  const [row] = await tx.query<Webhook>(sql`
    update webhooks set ${assignmentsOf(webhooksTable, { ...change, updated_at: now })}
    where id = ${id} returning ${columns}`)
  return row!
}

/** The former secret signs for a while too. */
export const replaceSecret = async (
  tx: Connection,
  id: number,
  secret: Buffer,
  overlapSeconds: number,
  now: string,
): Promise<Webhook> => {
  const [row] = await tx.query<Webhook>(sql`
    update webhooks set secret = ${secret}, updated_at = ${now},
      previous_secret = case when ${overlapSeconds} > 0 then secret end,
      previous_secret_until = case when ${overlapSeconds} > 0
        then ${now}::timestamptz + make_interval(secs => ${overlapSeconds}) end
    where id = ${id} returning ${columns}`)
  return row!
}

export const clearFailing = (tx: Connection, id: number) =>
  tx.query(sql`update webhooks set failing_since = null, paused_until = null where id = ${id}`)

export const deleteWebhook = (tx: Connection, id: number) => tx.query(sql`delete from webhooks where id = ${id}`)

export const touchWebhook = (tx: Connection, id: number) =>
  tx.query(sql`update webhooks set last_triggered_at = now() where id = ${id}`)

const ownedBy = (owners: readonly number[] | null): Sql =>
  owners === null ? sql`true` : sql`user_id = any(${[...owners]}::bigint[])`

/** @param owners null for everybody’s */
export const listWebhooks = (db: Connection, owners: readonly number[] | null, { after, window }: Clauses) =>
  db.query<Webhook>(sql`select ${columns} from webhooks where ${join([ownedBy(owners), after], ' and ')} ${window}`)

export const countWebhooks = (db: Connection, owners: readonly number[] | null): Promise<number> =>
  countOf(db, sql`select count(*) from webhooks where ${ownedBy(owners)}`)

export const areAnyEnabled = async (db: Connection): Promise<boolean> => {
  const [row] = await db.query<{ any: boolean }>(sql`select exists (select from webhooks where enabled) as any`)
  return row!.any
}
