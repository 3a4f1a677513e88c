import sql, { join, type Sql } from 'sql-template-tag'
import type { DeliveryStatus, WebhookDelivery } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { oneOf, within } from '../../kernel/filters.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf } from '../../ports/table.ts'
import { webhookDeliveriesTable } from './webhooks.table.ts'

const columns = columnsOf(webhookDeliveriesTable)

export interface DeliveryFilters {
  status?: readonly DeliveryStatus[] | undefined
  created_at_start?: string | undefined
  created_at_end?: string | undefined
}

const where = (webhookId: number, { status, created_at_start: from, created_at_end: to }: DeliveryFilters): Sql =>
  join(
    [sql`webhook_id = ${webhookId}`, ...oneOf(sql`status`, 'text', status), ...within(sql`created_at`, from, to)],
    ' and ',
  )

export const listDeliveries = (
  db: Connection,
  webhookId: number,
  filters: DeliveryFilters,
  { after, window }: Clauses,
) =>
  db.query<WebhookDelivery>(
    sql`select ${columns} from webhook_deliveries where ${where(webhookId, filters)} and ${after} ${window}`,
  )

export const countDeliveries = (db: Connection, webhookId: number, filters: DeliveryFilters): Promise<number> =>
  countOf(db, sql`select count(*) from webhook_deliveries where ${where(webhookId, filters)}`)

export const findDelivery = async (db: Connection, id: number): Promise<WebhookDelivery | undefined> => {
  const [row] = await db.query<WebhookDelivery>(sql`select ${columns} from webhook_deliveries where id = ${id}`)
  return row
}

const begunAnew = sql`status = 'pending', attempts = 0, error = null, completed_at = null,
  next_attempt_at = now(), leased_until = null`
/** Notes and tests are not sent again, nor what is being sent anyway. */
const mayGoAgain = sql`status <> 'pending' and event not in ('webhook.gap', 'webhook.test')`

export const sendAgain = async (tx: Connection, id: number): Promise<WebhookDelivery | undefined> => {
  const [row] = await tx.query<WebhookDelivery>(sql`
    update webhook_deliveries set ${begunAnew} where id = ${id} and ${mayGoAgain} returning ${columns}`)
  return row
}

interface Range {
  from_offset: number
  to_offset: number
}

const inRange = (webhookId: number, { from_offset: from, to_offset: to }: Range) =>
  sql`webhook_id = ${webhookId} and "offset" between ${from} and ${to} and ${mayGoAgain}`

export const countInRange = (db: Connection, webhookId: number, range: Range, most: number): Promise<number> =>
  countOf(
    db,
    sql`select count(*) from (
      select from webhook_deliveries where ${inRange(webhookId, range)} limit ${most}) counted`,
  )

export const sendRangeAgain = async (tx: Connection, webhookId: number, range: Range): Promise<number> =>
  (
    await tx.query(sql`
      update webhook_deliveries set ${begunAnew} where ${inRange(webhookId, range)} returning id`)
  ).length

type Test = Pick<WebhookDelivery, 'webhook_id' | 'message_id' | 'status' | 'status_code' | 'error' | 'duration_ms'>

export const insertTest = (tx: Connection, test: Test, now: string) =>
  tx.query(sql`
    insert into webhook_deliveries (webhook_id, message_id, event, status, attempts, status_code, error, duration_ms,
      created_at, last_attempt_at, completed_at)
    values (${test.webhook_id}, ${test.message_id}, 'webhook.test', ${test.status}, 1, ${test.status_code},
      ${test.error}, ${test.duration_ms}, ${now}, ${now}, ${now})`)

/** What waits for longer than this, because its webhook is disabled, is deleted too. */
const waitingDays = 60

/**
 * Deletes what has ended long ago, and of each webhook all but the newest.
 *
 * @param portion how many at once, so that no statement holds many rows for long
 */
export async function dropEnded(db: Connection, days: number, most: number, portion = 5_000): Promise<void> {
  const dropAll = async (found: Sql) => {
    const drop = sql`delete from webhook_deliveries where id in (${found} limit ${portion}) returning id`
    while ((await db.query(drop)).length > 0);
  }
  await dropAll(sql`select id from webhook_deliveries where completed_at < now() - make_interval(days => ${days})`)
  await dropAll(sql`
    select id from webhook_deliveries
    where status = 'pending' and created_at < now() - make_interval(days => ${waitingDays})`)
  for (const { id, last } of await db.query<{ id: number; last: number }>(sql`
    select w.id, old.id as last from webhooks w cross join lateral (
      select id from webhook_deliveries where webhook_id = w.id order by id desc offset ${most} limit 1) old`))
    await dropAll(sql`
      select id from webhook_deliveries where webhook_id = ${id} and id <= ${last} and status <> 'pending'`)
}
