import sql, { type Sql } from 'sql-template-tag'
import { type Connection, countOf } from '../../ports/database.ts'

/** An account as identity providers see it. */
export interface Person {
  id: number
  email: string
  username: string
  name: string
  is_active: boolean
  created_at: string
  user_name: string
  external_id: string | null
  updated_at: string | null
}

/** Without erased accounts, those that a check has made, and those that a provider has removed. */
const people = sql`
  (select u.id, u.email, u.username, u.name, u.is_active, u.created_at, coalesce(s.user_name, u.email) as user_name,
    s.external_id, s.updated_at
  from users u left join scim_accounts s on s.user_id = u.id
  where u.erased_at is null and s.deleted_at is null
    and not exists (select from trial_accounts t where t.user_id = u.id)) as scim_people`

export async function findPerson(db: Connection, id: number): Promise<Person | undefined> {
  const [row] = await db.query<Person>(sql`select * from ${people} where id = ${id}`)
  return row
}

export const findPeople = (db: Connection, where: Sql, { offset, limit }: { offset: number; limit: number }) =>
  db.query<Person>(sql`select * from ${people} where ${where} order by id offset ${offset} limit ${limit}`)

export const countPeople = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from ${people} where ${where}`)

/** An account that a provider has removed, by its address; made again, it comes back. */
export async function findRemoved(tx: Connection, email: string): Promise<number | undefined> {
  const [row] = await tx.query<{ id: number }>(sql`
    select u.id from users u join scim_accounts s on s.user_id = u.id
    where lower(u.email collate "C") = lower(${email}::text collate "C") and s.deleted_at is not null
      and u.erased_at is null`)
  return row?.id
}

export async function storeScimAccount(
  tx: Connection,
  { userId, userName, externalId }: { userId: number; userName: string; externalId: string | null },
  now: string,
): Promise<void> {
  await tx.query(sql`
    insert into scim_accounts (user_id, user_name, external_id, updated_at)
    values (${userId}, ${userName}, ${externalId}, ${now})
    on conflict (user_id) do update set user_name = excluded.user_name, external_id = excluded.external_id,
      updated_at = excluded.updated_at, deleted_at = null`)
}

export async function markRemoved(tx: Connection, { id, user_name }: Person, now: string): Promise<void> {
  await tx.query(sql`
    insert into scim_accounts (user_id, user_name, updated_at, deleted_at) values (${id}, ${user_name}, ${now}, ${now})
    on conflict (user_id) do update set external_id = null, updated_at = excluded.updated_at,
      deleted_at = excluded.deleted_at`)
}
