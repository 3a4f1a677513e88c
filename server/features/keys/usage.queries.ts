import sql, { join, type Sql } from 'sql-template-tag'
import type { ApiKeyCall } from '../../../contract/index.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf } from '../../ports/table.ts'
import { apiKeyCallsTable } from './api-keys.table.ts'

/** Calls of a key on a day that had the same end. */
export interface Counted {
  key_id: number
  day: string
  method: string
  path: string
  status: number
  calls: number
}

export type Call = Omit<ApiKeyCall, 'id'> & { key_id: number }

/**
 * Adds to the counts, keeps the calls, and notes when each key was used last, in one statement. The keys are locked in
 * the order of their ids, so instances that write at the same time wait for one another, and never in a circle. What is
 * about a key that is gone is left out.
 */
export async function addUsage(db: Connection, counted: readonly Counted[], calls: readonly Call[]): Promise<void> {
  const { text, values } = sql`
    with counted as (
      select * from json_to_recordset(${JSON.stringify(counted)}::json)
        as c (key_id bigint, day timestamptz, method text, path text, status smallint, calls bigint)),
    called as (
      select * from json_to_recordset(${JSON.stringify(calls)}::json)
        as c (key_id bigint, at timestamptz, method text, path text, status smallint, ip_address text)),
    held as materialized (
      select id from api_keys where id in (select key_id from counted) order by id for no key update),
    added as (
      insert into api_key_usage (key_id, day, method, path, status, calls)
      select c.* from counted c join held on held.id = c.key_id order by 1, 2, 3, 4, 5
      on conflict (key_id, day, method, path, status) do update set calls = api_key_usage.calls + excluded.calls),
    kept as (
      insert into api_key_calls (key_id, at, method, path, status, ip_address)
      select c.* from called c join held on held.id = c.key_id order by c.at)
    update api_keys set last_used_at = greatest(last_used_at, used.at)
    from (select key_id, max(at) as at from called group by key_id) used, held
    where api_keys.id = used.key_id and held.id = used.key_id`
  await db.query({ text, values, name: 'api_keys_add_usage' })
}

/** Of each of these keys only so many calls stay. */
export async function dropOlderCalls(db: Connection, keyIds: readonly number[], kept: number): Promise<void> {
  const { text, values } = sql`
    delete from api_key_calls c
    using unnest(${[...keyIds]}::bigint[]) as k (id),
      lateral (select id from api_key_calls where key_id = k.id order by id desc offset ${kept} limit 1) last
    where c.key_id = k.id and c.id <= last.id`
  await db.query({ text, values, name: 'api_keys_drop_calls' })
}

export const dropOldUsage = async (db: Connection, before: string): Promise<void> => {
  await db.query(sql`delete from api_key_usage where day < ${before}::timestamptz`)
  await db.query(sql`delete from api_key_calls where at < ${before}::timestamptz`)
}

export interface UsageFilters {
  at_start?: string | undefined
  at_end?: string | undefined
  method?: readonly string[] | undefined
  path?: readonly string[] | undefined
  status?: readonly number[] | undefined
}

const matching = (keyId: number, { method, path, status }: UsageFilters): Sql[] => [
  sql`key_id = ${keyId}`,
  ...(method ? [sql`method = any(${[...method]}::text[])`] : []),
  ...(path ? [sql`path = any(${[...path]}::text[])`] : []),
  ...(status ? [sql`status = any(${[...status]}::smallint[])`] : []),
]

const dayOf = (time: string) => `${time.slice(0, 10)}T00:00:00.000Z`

const counted = (keyId: number, filters: UsageFilters): Sql =>
  join(
    [
      ...matching(keyId, filters),
      ...(filters.at_start ? [sql`day >= ${dayOf(filters.at_start)}::timestamptz`] : []),
      ...(filters.at_end ? [sql`day <= ${dayOf(filters.at_end)}::timestamptz`] : []),
    ],
    ' and ',
  )

const called = (keyId: number, filters: UsageFilters): Sql =>
  join(
    [
      ...matching(keyId, filters),
      ...(filters.at_start ? [sql`at >= ${filters.at_start}::timestamptz`] : []),
      ...(filters.at_end ? [sql`at <= ${filters.at_end}::timestamptz`] : []),
    ],
    ' and ',
  )

const sums = sql`sum(calls)::bigint as calls, coalesce(sum(calls) filter (where status >= 400), 0)::bigint as errors`

interface Sums {
  calls: number
  errors: number
}

/** The latest day first. Usage is kept for a bounded number of days. */
export const usageByDay = (db: Connection, keyId: number, filters: UsageFilters) =>
  db.query<{ day: string } & Sums>(
    sql`select day, ${sums} from api_key_usage where ${counted(keyId, filters)} group by day order by day desc`,
  )

export const usageByEndpoint = (db: Connection, keyId: number, filters: UsageFilters, most: number) =>
  db.query<{ method: string; path: string } & Sums>(sql`
    select method, path, ${sums} from api_key_usage where ${counted(keyId, filters)}
    group by method, path order by calls desc, path, method limit ${most}`)

export const usageByStatus = (db: Connection, keyId: number, filters: UsageFilters) =>
  db.query<{ status: number; calls: number }>(sql`
    select status, sum(calls)::bigint as calls from api_key_usage where ${counted(keyId, filters)}
    group by status order by status`)

export const listCalls = (db: Connection, keyId: number, filters: UsageFilters, { after, window }: Clauses) =>
  db.query<ApiKeyCall>(sql`
    select ${columnsOf(apiKeyCallsTable)} from api_key_calls where ${called(keyId, filters)} and ${after} ${window}`)

export const countCalls = (db: Connection, keyId: number, filters: UsageFilters): Promise<number> =>
  countOf(db, sql`select count(*) from api_key_calls where ${called(keyId, filters)}`)
