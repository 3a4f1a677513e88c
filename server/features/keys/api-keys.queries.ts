import sql, { join, type Sql } from 'sql-template-tag'
import type { ApiKey } from '../../../contract/index.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { assignmentsOf, columnsOf } from '../../ports/table.ts'
import { apiKeysTable } from './api-keys.table.ts'

const columns = sql`${columnsOf(apiKeysTable)},
  case when previous_until > now() and revoked_at is null then previous_until end as previous_key_until`

export const lockKeysOf = (tx: Connection, userId: number) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`API keys of ${userId}`}, 0))`)

export const countUsableKeysOf = (db: Connection, userId: number): Promise<number> =>
  countOf(db, sql`select count(*) from api_keys where user_id = ${userId} and revoked_at is null`)

type NewKey = Pick<ApiKey, 'user_id' | 'name' | 'prefix' | 'permissions' | 'rate_limit' | 'expires_at'> & {
  hash: Buffer
}

export async function insertKey(tx: Connection, given: NewKey, now: string): Promise<ApiKey> {
  const { user_id, name, prefix, hash, permissions, rate_limit, expires_at } = given
  const [row] = await tx.query<ApiKey>(sql`
    insert into api_keys (user_id, name, prefix, hash, permissions, rate_limit, expires_at, created_at)
    values (${user_id}, ${name}, ${prefix}, ${hash}, ${permissions}::text[], ${rate_limit}, ${expires_at}, ${now})
    returning ${columns}`)
  return row!
}

export async function findKey(db: Connection, id: number): Promise<ApiKey | undefined> {
  const [row] = await db.query<ApiKey>(sql`select ${columns} from api_keys where id = ${id}`)
  return row
}

export async function lockKey(tx: Connection, id: number): Promise<ApiKey | undefined> {
  const [row] = await tx.query<ApiKey>(sql`select ${columns} from api_keys where id = ${id} for no key update`)
  return row
}

export type KeyChange = Partial<Pick<ApiKey, 'name' | 'permissions' | 'rate_limit' | 'expires_at' | 'revoked_at'>>

export async function updateKey(tx: Connection, { id, version }: ApiKey, change: KeyChange): Promise<ApiKey> {
  const [row] = await tx.query<ApiKey>(sql`
    update api_keys set ${assignmentsOf(apiKeysTable, { ...change, version: version + 1 })}
    where id = ${id} returning ${columns}`)
  return row!
}

/** The former key works for a while too. */
export async function replaceHash(
  tx: Connection,
  id: number,
  hash: Buffer,
  overlapSeconds: number,
  now: string,
): Promise<ApiKey> {
  const [row] = await tx.query<ApiKey>(sql`
    update api_keys set hash = ${hash}, version = version + 1,
      previous_hash = case when ${overlapSeconds} > 0 then hash end,
      previous_until = case when ${overlapSeconds} > 0
        then ${now}::timestamptz + make_interval(secs => ${overlapSeconds}) end
    where id = ${id} returning ${columns}`)
  return row!
}

const ownedBy = (owners: readonly number[] | null): Sql =>
  owners === null ? sql`true` : sql`user_id = any(${[...owners]}::bigint[])`

/** @param owners null for everybody’s */
export const listKeys = (db: Connection, owners: readonly number[] | null, { after, window }: Clauses) =>
  db.query<ApiKey>(sql`select ${columns} from api_keys where ${join([ownedBy(owners), after], ' and ')} ${window}`)

export const countKeys = (db: Connection, owners: readonly number[] | null): Promise<number> =>
  countOf(db, sql`select count(*) from api_keys where ${ownedBy(owners)}`)

/** Of the revoked keys of a person, only the latest stay in the list. */
export const dropOldestRevoked = (tx: Connection, userId: number, kept: number) =>
  tx.query(sql`
    delete from api_keys where id in (
      select id from api_keys where user_id = ${userId} and revoked_at is not null
      order by revoked_at desc, id desc offset ${kept})`)

/** Skips rows that another instance is deleting. */
export const dropLongRevoked = (db: Connection, before: string) =>
  db.query(sql`
    delete from api_keys where id in (
      select id from api_keys where revoked_at < ${before}::timestamptz for update skip locked)`)
