import type pg from 'pg'
import type { BackupType } from '../../../contract/index.ts'

/** A table and the columns of it that are stored; generated ones are made anew. */
export interface StoredTable {
  name: string
  columns: string[]
}

/**
 * Tables that no backup has. They say what goes on now (instances, events on their way, sessions, backups), and would
 * be wrong at any other time, or they go on when data are put back (statistics, exports, alerts, API keys). All other
 * tables are in a backup, those of later releases too.
 */
const ofTheMoment = [
  'mikro_orm_migrations',
  'instances',
  'health_checks',
  'log_head',
  'outbox',
  'sessions',
  'refresh_tokens',
  'password_resets',
  'sign_in_challenges',
  'issuer_logouts',
  'media_removals',
  'backups',
  'restore_confirmations',
  'alerts',
  'exports',
  'statistics_periods',
  'statistics_samples',
  'webhook_deliveries',
  'api_keys',
  'api_key_usage',
  'api_key_calls',
]

const ofPart: Record<BackupType, readonly string[] | null> = {
  full: null,
  database: null,
  users: ['users', 'notification_preferences'],
  media: ['media'],
}

/**
 * The tables of a backup, in an order in which each comes after those that it refers to. Partitioned tables (the event
 * log) are not among them.
 */
export async function tablesOf(client: pg.Client, type: BackupType): Promise<StoredTable[]> {
  const { rows } = await client.query<StoredTable & { refers: string[] }>(
    `select c.relname as name,
      array(select attname::text from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
      array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and f.oid <> c.oid) as refers
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not c.relispartition
      and c.relname <> all($1) and ($2::text[] is null or c.relname = any($2)) and has_table_privilege(c.oid, 'select')
    order by c.relname`,
    [ofTheMoment, ofPart[type]],
  )
  const known = new Set(rows.map(({ name }) => name))
  const ordered: StoredTable[] = []
  const visit = (name: string) => {
    const table = rows.find(one => one.name === name)
    if (!known.delete(name) || !table) return
    table.refers.forEach(visit)
    ordered.push({ name, columns: table.columns })
  }
  rows.forEach(({ name }) => visit(name))
  return ordered
}

/** The last value of each sequence, by the column that it serves. */
export async function sequencesOf(client: pg.Client) {
  const { rows } = await client.query<{ table: string; column: string; last: string }>(
    `select t.relname as table, a.attname as column, s.last_value as last
    from pg_sequences s
      join pg_class c on c.relname = s.sequencename and c.relnamespace = current_schema()::regnamespace
      join pg_depend d on d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
      join pg_class t on t.oid = d.refobjid
      join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
    where s.schemaname = current_schema() and s.last_value is not null and not t.relispartition`,
  )
  return rows.map(({ table, column, last }) => ({ table, column, last: Number(last) }))
}

/** A name in SQL, quoted always. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const columnList = (columns: readonly string[]): string => columns.map(ident).join(', ')
