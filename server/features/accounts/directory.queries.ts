import sql, { join, type Sql } from 'sql-template-tag'
import { type AdminUserFilters, isSearch, type Person, storedPart, type User } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { can, type Person as Asking } from '../../kernel/can.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { findByAnyAddress } from './accounts.policy.ts'
import { userColumns } from './accounts.queries.ts'

export interface PeopleFilter {
  search?: string | undefined
  id?: number[] | undefined
}

/** Folded text has no punctuation, so it contains no special characters of LIKE. */
const containing = (search: string) => sql`like '%' || fold_words(${search}) || '%'`

const allOf = (conditions: (Sql | false)[]): Sql =>
  join([sql`true`, ...conditions.filter(condition => condition !== false)], ' and ')

/**
 * A person who is requested by id is found even when the account is disabled, because names in the history must
 * resolve.
 */
const peopleWhere = ({ search, id }: PeopleFilter): Sql =>
  allOf([
    id ? sql`id = any(${id}::bigint[])` : sql`is_active`,
    isSearch(search) && sql`name_words ${containing(search)}`,
  ])

/** The sort key of people. It comes from the database, which folds letters in its own way. */
export type PersonRow = Person & { folded: string }
export const folded = sql`lower(name)`

export const findPeople = (db: Connection, filter: PeopleFilter, { after, window }: Clauses): Promise<PersonRow[]> =>
  db.query<PersonRow>(sql`
    select id, username, name, ${folded} as folded from users where ${peopleWhere(filter)} and ${after} ${window}`)

export const countPeople = (db: Connection, filter: PeopleFilter): Promise<number> =>
  countOf(db, sql`select count(*) from users where ${peopleWhere(filter)}`)

export async function findPerson(db: Connection, id: number): Promise<Person | undefined> {
  const [row] = await db.query<Person>(sql`select id, username, name from users where id = ${id}`)
  return row
}

/** Active people by their usernames, given in lower case. */
export const findPeopleByUsername = (db: Connection, usernames: readonly string[]) =>
  db.query<Person>(sql`
    select id, username, name from users where lower(username collate "C") = any(${[...usernames]}::text[]) and is_active`)

/**
 * Active people by user name, given in lower case, and by e-mail address where the caller may know addresses: an
 * administrator may look up any address, a member of a project those of its members. An address that the caller may not
 * look up finds nobody, like one that does not exist, by the same statement. Each person is returned with the login
 * that matched.
 */
export const findPeopleByLogin = (db: Connection, by: Asking, projectId: number | null, logins: readonly string[]) =>
  db.query<{ id: number; login: string }>(sql`
    select u.id, given.login from unnest(${[...logins]}::text[]) as given (login)
    join users u on u.is_active and (lower(u.username collate "C") = given.login or lower(u.email collate "C") = given.login and (
      ${can({ person: by }, findByAnyAddress, null)} or exists (
        select from project_members mine join project_members theirs on theirs.project_id = mine.project_id
        where mine.project_id = ${projectId}::bigint and mine.user_id = ${by.id} and theirs.user_id = u.id)))`)

/** A condition on `users`. */
export const accountsWhere = ({ is_active, role, search, ...registered }: AdminUserFilters): Sql => {
  const { registration_date_start: from, registration_date_end: to } = registered
  return allOf([
    sql`erased_at is null`,
    is_active !== undefined && sql`is_active = ${is_active}`,
    role !== undefined && sql`role = any(${role}::text[])`,
    from !== undefined && sql`created_at >= ${from}::timestamptz`,
    to !== undefined && sql`created_at <= ${to}::timestamptz`,
    isSearch(search) &&
      sql`(name_words ${containing(search)} or fold_words(email) ${containing(search)}
        or fold_words(email) ${containing(storedPart(search))})`,
  ])
}

export const findAccounts = (db: Connection, filter: AdminUserFilters, { after, window }: Clauses): Promise<User[]> =>
  db.query<User>(sql`select ${userColumns} from users where ${accountsWhere(filter)} and ${after} ${window}`)

export const countAccounts = (db: Connection, filter: AdminUserFilters): Promise<number> =>
  countOf(db, sql`select count(*) from users where ${accountsWhere(filter)}`)
