import sql from 'sql-template-tag'
import type { User } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { columnsOf } from '../../ports/table.ts'
import { usersTable } from './accounts.table.ts'

export const userColumns = sql`${columnsOf(usersTable, { from: 'users' })}, users.banned_at is not null as is_banned,
  starts_with(users.password_hash, '$argon2') as has_password`

export type UserWithHash = User & { password_hash: string }

export async function findUser(db: Connection, id: number): Promise<User | undefined> {
  const [row] = await db.query<User>(sql`select ${userColumns} from users where id = ${id} and erased_at is null`)
  return row
}

export async function findUserByEmail(db: Connection, email: string): Promise<UserWithHash | undefined> {
  const { text, values } =
    sql`select ${userColumns}, password_hash from users where lower(email collate "C") = lower(${email}::text collate "C")`
  const [row] = await db.query<UserWithHash>({ text, values, name: 'accounts_by_email' })
  return row
}

export async function findPasswordHash(db: Connection, id: number): Promise<string | undefined> {
  const [row] = await db.query<{ password_hash: string }>(sql`select password_hash from users where id = ${id}`)
  return row?.password_hash
}

/** Which of the wanted unique values another account already has. */
export async function findTaken(
  db: Connection,
  wanted: { email?: string | undefined; username?: string | undefined; exceptId?: number | undefined },
): Promise<{ email: boolean; username: boolean }> {
  const { email = null, username = null, exceptId = null } = wanted
  const [row] = await db.query<{ email: boolean; username: boolean }>(sql`
    select coalesce(bool_or(lower(email collate "C") = lower(${email}::text collate "C")), false) as email,
      coalesce(bool_or(lower(username collate "C") = lower(${username}::text collate "C")), false) as username
    from users
    where (lower(email collate "C") = lower(${email}::text collate "C") or lower(username collate "C") = lower(${username}::text collate "C"))
      and id is distinct from ${exceptId}::bigint`)
  return row!
}

export interface NewUser {
  email: string
  username: string
  name: string
  passwordHash: string
  role: User['role']
  isVerified: boolean
}

export async function insertUser(tx: Connection, user: NewUser, now: string): Promise<User> {
  const [row] = await tx.query<User>(sql`
    insert into users (email, username, name, password_hash, role, is_verified, created_at)
    values (${user.email}, ${user.username}, ${user.name}, ${user.passwordHash}, ${user.role}, ${user.isVerified}, ${now})
    returning ${userColumns}`)
  return row!
}

/**
 * Signs in an account whose password was checked against `checked`, and stores a new hash of the password when one is
 * due. Returns nobody when the password was changed or the account was disabled meanwhile, because the present row
 * counts.
 */
export async function admitUser(
  tx: Connection,
  { id, checked, passwordHash, now }: { id: number; checked: string; passwordHash: string; now: string },
): Promise<User | undefined> {
  const { text, values } = sql`
    update users set last_seen_at = ${now}, password_hash = ${passwordHash}
    where id = ${id} and password_hash = ${checked} and is_active
    returning ${userColumns}`
  const [row] = await tx.query<User>({ text, values, name: 'accounts_admit' })
  return row
}

/** The account has been used just now. */
export async function noteSeen(tx: Connection, id: number, now: string): Promise<void> {
  await tx.query(sql`update users set last_seen_at = ${now} where id = ${id}`)
}

export async function lockUser(tx: Connection, id: number): Promise<User | undefined> {
  const [row] = await tx.query<User>(
    sql`select ${userColumns} from users where id = ${id} and erased_at is null for no key update`,
  )
  return row
}

/**
 * Waits until nobody holds the account open any more (`for key share`): commands of the person, and those that have found
 * them as somebody to assign, mention, add or notify. The account is closed and that is committed, or else others would
 * overtake this statement again and again: a lock for key share does not queue behind one that waits for it.
 */
export const awaitHolders = (tx: Connection, id: number) => tx.query(sql`select from users where id = ${id} for update`)

/** Locks all active administrators and the accounts that are to be changed, in the order of their ids. */
export const lockAdminsAnd = (tx: Connection, ids: readonly number[]): Promise<User[]> =>
  tx.query<User>(sql`
    select ${userColumns} from users
    where ((role = 'admin' and is_active) or id = any(${[...ids]}::bigint[])) and erased_at is null
    order by id for no key update`)

/** Whether its person has asked for an erasure. The account was closed in the same transaction. */
export async function isBeingErased(tx: Connection, id: number): Promise<boolean> {
  const rows = await tx.query(sql`select 1 from erasures where user_id = ${id}`)
  return rows.length > 0
}

export async function updateNames(
  tx: Connection,
  id: number,
  names: { name: string; username: string },
): Promise<User> {
  const [row] = await tx.query<User>(sql`
    update users set name = ${names.name}, username = ${names.username} where id = ${id} returning ${userColumns}`)
  return row!
}

export type Standing = Pick<User, 'role' | 'permissions' | 'is_active' | 'is_verified' | 'is_banned' | 'tier'>

export async function updateStanding(tx: Connection, id: number, to: Standing, now: string): Promise<User> {
  const [row] = await tx.query<User>(sql`
    update users set role = ${to.role}, permissions = ${to.permissions}, is_active = ${to.is_active},
      is_verified = ${to.is_verified}, tier = ${to.tier},
      banned_at = case when ${to.is_banned} then coalesce(banned_at, ${now}::timestamptz) end
    where id = ${id} returning ${userColumns}`)
  return row!
}

/** @param checked the hash that the old password was checked against; false when it is no longer the account's */
export async function replacePassword(tx: Connection, id: number, checked: string, passwordHash: string) {
  const rows = await tx.query(sql`
    update users set password_hash = ${passwordHash} where id = ${id} and password_hash = ${checked} returning id`)
  return rows.length > 0
}

export async function setPassword(tx: Connection, id: number, passwordHash: string): Promise<void> {
  await tx.query(sql`update users set password_hash = ${passwordHash} where id = ${id}`)
}

export async function touchUser(db: Connection, id: number, now: string, olderThan: string): Promise<void> {
  const { text, values } = sql`
    update users set last_seen_at = ${now}
    where id = ${id} and is_active and (last_seen_at is null or last_seen_at < ${olderThan}::timestamptz)`
  await db.query({ text, values, name: 'accounts_touch' })
}

export async function findAdminEmail(db: Connection): Promise<string | undefined> {
  const [row] = await db.query<{ email: string }>(sql`
    select email from users where role = 'admin' order by is_active desc, id limit 1`)
  return row?.email
}

/** Locks until the transaction ends, so that only one of several starting instances creates the first administrator. */
export async function lockFirstAdmin(tx: Connection): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended('taskwire first admin', 0))`)
}
