import sql from 'sql-template-tag'
import type { User } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf, type Row } from '../../ports/table.ts'
import { userColumns } from './accounts.queries.ts'
import { sessionsTable } from './accounts.table.ts'

export type SessionRow = Row<typeof sessionsTable>

/** What decides whether a session may still be used. */
export interface SessionTimes {
  ended_at: string | null
  expires_at: string
  last_active_at: string
}

/** The same, with the time at which the person last showed who they are. */
export interface SignedInTimes extends SessionTimes {
  authenticated_at: string
}

const live = (now: string, idleSince: string) =>
  sql`ended_at is null and expires_at > ${now}::timestamptz and last_active_at > ${idleSince}::timestamptz`

export interface NewSession {
  id: string
  userId: number
  address: string
  userAgent: string
  expiresAt: string
  accessExpiresAt: string
  /** Where the person signed in instead of here. */
  issuer: string | null
  issuerSubject: string | null
  issuerSid: string | null
}

export async function insertSession(tx: Connection, session: NewSession, now: string): Promise<void> {
  const { text, values } = sql`
    insert into sessions (id, user_id, ip_address, user_agent, created_at, last_active_at, authenticated_at, expires_at,
      access_expires_at, issuer, issuer_subject, issuer_sid)
    values (${session.id}, ${session.userId}, ${session.address}, ${session.userAgent}, ${now}, ${now}, ${now},
      ${session.expiresAt}, ${session.accessExpiresAt}, ${session.issuer}, ${session.issuerSubject}, ${session.issuerSid})`
  await tx.query({ text, values, name: 'sessions_insert' })
}

/** The columns of the session are all null when there is no session. */
export type AccessRow = User & { [Column in keyof SignedInTimes]: SignedInTimes[Column] | null }

/** The account of a token, and its session if it exists; the account is checked before the session. */
export async function findAccess(db: Connection, sessionId: string, userId: number): Promise<AccessRow | undefined> {
  const { text, values } = sql`
    select ${userColumns}, sessions.ended_at, sessions.expires_at, sessions.last_active_at, sessions.authenticated_at
    from users left join sessions on sessions.id = ${sessionId} and sessions.user_id = users.id
    where users.id = ${userId}`
  const [row] = await db.query<AccessRow>({ text, values, name: 'sessions_find_access' })
  return row
}

export async function findSessionOwner(
  db: Connection,
  sessionId: string,
): Promise<(User & SessionTimes & { access_expires_at: string }) | undefined> {
  const { text, values } = sql`
    select ${userColumns}, sessions.ended_at, sessions.expires_at, sessions.last_active_at, sessions.access_expires_at
    from sessions join users on users.id = sessions.user_id where sessions.id = ${sessionId}`
  const [row] = await db.query<User & SessionTimes & { access_expires_at: string }>({
    text,
    values,
    name: 'sessions_owner',
  })
  return row
}

/** The existing ones of these sessions, with the accounts to which they belong. */
export const findSessionOwners = (db: Connection, ids: readonly string[]) =>
  db.query<Pick<User, 'role' | 'is_active'> & SessionTimes & { session_id: string }>(sql`
    select users.role, users.is_active, sessions.id as session_id, sessions.ended_at, sessions.expires_at,
      sessions.last_active_at
    from sessions join users on users.id = sessions.user_id where sessions.id = any(${[...ids]}::uuid[])`)

export async function extendSession(
  tx: Connection,
  session: { id: string; now: string; expiresAt: string; maxAgeSeconds: number; accessExpiresAt: string },
): Promise<void> {
  const { text, values } = sql`
    update sessions set last_active_at = ${session.now}, access_expires_at = ${session.accessExpiresAt},
      expires_at = least(${session.expiresAt}::timestamptz,
        created_at + make_interval(secs => ${session.maxAgeSeconds}::double precision))
    where id = ${session.id}`
  await tx.query({ text, values, name: 'sessions_extend' })
}

/** The person has shown their password, or signed in again, in this session. */
export async function noteAuthenticated(tx: Connection, id: string, now: string): Promise<void> {
  await tx.query(sql`update sessions set authenticated_at = ${now} where id = ${id} and ended_at is null`)
}

/** @returns false when it has ended already or is not this person's */
export async function endSession(tx: Connection, id: string, userId: number, now: string): Promise<boolean> {
  const rows = await tx.query(sql`
    update sessions set ended_at = ${now} where id = ${id} and user_id = ${userId} and ended_at is null returning id`)
  return rows.length > 0
}

/** @returns the ids of the ended sessions */
export async function endSessionsOf(tx: Connection, userId: number, now: string, exceptId: string | null = null) {
  const rows = await tx.query<{ id: string }>(sql`
    update sessions set ended_at = ${now}
    where user_id = ${userId} and ended_at is null and id is distinct from ${exceptId}::uuid returning id`)
  return rows.map(row => row.id)
}

export async function findOpenSessionIds(db: Connection, userId: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select id from sessions where user_id = ${userId} and ended_at is null`)
  return rows.map(row => row.id)
}

export const findSessions = (
  db: Connection,
  { userId, now, idleSince }: { userId: number; now: string; idleSince: string },
  { after, window }: Clauses,
): Promise<SessionRow[]> =>
  db.query<SessionRow>(sql`
    select ${columnsOf(sessionsTable)} from sessions
    where user_id = ${userId} and ${live(now, idleSince)} and ${after} ${window}`)

export const countSessions = (
  db: Connection,
  { userId, now, idleSince }: { userId: number; now: string; idleSince: string },
): Promise<number> =>
  countOf(db, sql`select count(*) from sessions where user_id = ${userId} and ${live(now, idleSince)}`)

/** The condition keeps instances that saw the same old value from writing one after another. */
export async function touchSession(db: Connection, id: string, now: string, olderThan: string): Promise<void> {
  const { text, values } = sql`
    update sessions set last_active_at = ${now}
    where id = ${id} and ended_at is null and last_active_at < ${olderThan}::timestamptz`
  await db.query({ text, values, name: 'sessions_touch' })
}

/** Skips rows that another instance is deleting. */
export async function deleteLongEnded(db: Connection, before: string): Promise<void> {
  await db.query(sql`
    delete from sessions where id in (
      select id from sessions where ended_at < ${before}::timestamptz or expires_at < ${before}::timestamptz
      for update skip locked)`)
}
