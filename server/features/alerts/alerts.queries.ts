import sql, { join, type Sql } from 'sql-template-tag'
import type { Alert, AlertState } from '../../../contract/index.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf } from '../../ports/table.ts'
import { alertsTable } from './alerts.table.ts'
import type { Seen } from './rules.ts'

const columns = columnsOf(alertsTable)

export interface AlertFilters {
  state?: AlertState | undefined
  name?: string[] | undefined
}

const matching = ({ state, name }: AlertFilters): Sql =>
  join(
    [
      sql`true`,
      ...(state === undefined ? [] : [sql`state = ${state}`]),
      ...(name === undefined ? [] : [sql`name = any(${name})`]),
    ],
    ' and ',
  )

export const listAlerts = (db: Connection, filters: AlertFilters, { after, window }: Clauses) =>
  db.query<Alert>(sql`select ${columns} from alerts where ${matching(filters)} and ${after} ${window}`)

export const countAlerts = (db: Connection, filters: AlertFilters) =>
  countOf(db, sql`select count(*) from alerts where ${matching(filters)}`)

/**
 * Notes that these are still seen. Returns the names of those that are raised already. By the clock of the database,
 * because the clocks of instances differ.
 */
export async function noteSeen(db: Connection, names: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ name: string }>(sql`
    update alerts set last_seen_at = now() where state = 'raised' and name = any(${[...names]}) returning name`)
  return new Set(rows.map(({ name }) => name))
}

/** The raised alert; undefined when another instance has raised it meanwhile. */
export async function insertAlert(tx: Connection, seen: Seen, now: string): Promise<Alert | undefined> {
  const [row] = await tx.query<Alert>(sql`
    insert into alerts (name, severity, state, message, details, raised_at, last_seen_at)
    values (${seen.name}, ${seen.severity}, 'raised', ${seen.message}, ${JSON.stringify(seen.details)}, ${now}, now())
    on conflict (name) where state = 'raised' do nothing returning ${columns}`)
  return row
}

const unseen = (ms: number) => sql`state = 'raised' and last_seen_at < now() - ${ms}::float8 * interval '1 millisecond'`

/** Clears those whose reason no instance has seen for so long. */
export const clearUnseen = (tx: Connection, ms: number, now: string) =>
  tx.query<Alert>(sql`
    update alerts set state = 'cleared', cleared_at = ${now} where ${unseen(ms)}
    returning ${columns}`)

export const hasUnseen = async (db: Connection, ms: number): Promise<boolean> =>
  (await db.query(sql`select id from alerts where ${unseen(ms)} limit 1`)).length > 0

export const removeOld = (db: Connection, days: number) =>
  db.query(sql`delete from alerts where state = 'cleared' and cleared_at < now() - ${`${days} days`}::interval`)

/** Who is to be notified; their accounts are held open until the transaction ends. */
export const activeAdmins = async (tx: Connection): Promise<number[]> =>
  (await tx.query<{ id: number }>(sql`select id from users where role = 'admin' and is_active for key share`)).map(
    ({ id }) => id,
  )

/** The last backup, if it failed, and how many webhooks and deliveries (not tests) were given up within an hour. */
export async function readTroubles(db: Connection) {
  const [row] = await db.query<{ backup_error: string | null; webhooks: number; deliveries: number }>(sql`
    select (select error from (select status, error from backups where status in ('completed', 'failed')
        order by id desc limit 1) last where status = 'failed') as backup_error,
      (select count(*) from webhooks
        where disabled_reason = 'failing' and updated_at > now() - interval '1 hour') as webhooks,
      (select count(*) from webhook_deliveries
        where status = 'failed' and completed_at > now() - interval '1 hour' and "offset" is not null) as deliveries`)
  return row!
}
