import sql, { type Sql } from 'sql-template-tag'
import type { User } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { userColumns } from '../accounts/index.ts'

/** A key with its owner. */
export type KeyOwner = User & {
  key_id: number
  key_prefix: string
  key_permissions: string[]
  rate_limit: number | null
  expires_at: string | null
  revoked_at: string | null
  hash: Buffer
  previous_hash: Buffer | null
  previous_until: string | null
}

const selectOwners = (where: Sql) => sql`
  select ${userColumns}, k.id as key_id, k.prefix as key_prefix, k.permissions as key_permissions, k.rate_limit,
    k.expires_at, k.revoked_at, k.hash, k.previous_hash, k.previous_until
  from api_keys k join users on users.id = k.user_id where ${where}`

export async function findByPrefix(db: Connection, prefix: string): Promise<KeyOwner | undefined> {
  const { text, values } = selectOwners(sql`k.prefix = ${prefix}`)
  const [row] = await db.query<KeyOwner>({ text, values, name: 'api_keys_by_prefix' })
  return row
}

export async function findById(db: Connection, id: number): Promise<KeyOwner | undefined> {
  const { text, values } = selectOwners(sql`k.id = ${id}`)
  const [row] = await db.query<KeyOwner>({ text, values, name: 'api_keys_by_id' })
  return row
}

export const findByIds = (db: Connection, ids: readonly number[]): Promise<KeyOwner[]> =>
  db.query<KeyOwner>(selectOwners(sql`k.id = any(${[...ids]}::bigint[])`))
