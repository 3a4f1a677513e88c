import sql from 'sql-template-tag'
import type { User } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'
import { userColumns } from './accounts.queries.ts'
import type { SessionTimes } from './sessions.queries.ts'

/** What the hash of a refresh token leads to: its session, its account, and whether it has been used. */
export type RefreshTokenRow = User & SessionTimes & { session_id: string; spent_at: string | null }

export async function insertRefreshToken(tx: Connection, hash: Buffer, sessionId: string, now: string): Promise<void> {
  const { text, values } = sql`
    insert into refresh_tokens (hash, session_id, created_at) values (${hash}, ${sessionId}, ${now})`
  await tx.query({ text, values, name: 'refresh_tokens_insert' })
}

export async function findSessionOfRefreshToken(db: Connection, hash: Buffer): Promise<string | null> {
  const { text, values } = sql`select session_id from refresh_tokens where hash = ${hash}`
  const [row] = await db.query<{ session_id: string }>({ text, values, name: 'refresh_tokens_session' })
  return row?.session_id ?? null
}

/** Both rows are locked, so that of two calls with one token the second sees the changes of the first. */
export async function lockRefreshToken(tx: Connection, hash: Buffer): Promise<RefreshTokenRow | undefined> {
  const { text, values } = sql`
    select ${userColumns}, sessions.ended_at, sessions.expires_at, sessions.last_active_at,
      refresh_tokens.session_id, refresh_tokens.spent_at
    from refresh_tokens
      join sessions on sessions.id = refresh_tokens.session_id
      join users on users.id = sessions.user_id
    where refresh_tokens.hash = ${hash}
    for no key update of refresh_tokens, sessions`
  const [row] = await tx.query<RefreshTokenRow>({ text, values, name: 'refresh_tokens_lock' })
  return row
}

export async function spendRefreshToken(tx: Connection, hash: Buffer, now: string): Promise<void> {
  const { text, values } = sql`update refresh_tokens set spent_at = ${now} where hash = ${hash}`
  await tx.query({ text, values, name: 'refresh_tokens_spend' })
}

export async function deleteSpentTokens(db: Connection, before: string): Promise<void> {
  await db.query(sql`
    delete from refresh_tokens where hash in (
      select hash from refresh_tokens where spent_at < ${before}::timestamptz for update skip locked)`)
}

export async function insertReset(tx: Connection, hash: Buffer, userId: number, expiresAt: string): Promise<void> {
  await tx.query(sql`
    insert into password_resets (hash, user_id, expires_at) values (${hash}, ${userId}, ${expiresAt})`)
}

/** When the token with the latest expiry expires; null when there is none. */
export async function newestResetEnds(db: Connection, userId: number): Promise<string | null> {
  const [row] = await db.query<{ ends: string | null }>(sql`
    select max(expires_at) as ends from password_resets where user_id = ${userId}`)
  return row?.ends ?? null
}

export async function findReset(db: Connection, hash: Buffer, now: string) {
  const [row] = await db.query<{ user_id: number; email: string; username: string }>(sql`
    select user_id, email, username from password_resets join users on users.id = user_id
    where hash = ${hash} and expires_at > ${now}::timestamptz`)
  return row
}

/** @returns false when another call was faster, or the token has expired */
export async function spendReset(tx: Connection, hash: Buffer, now: string): Promise<boolean> {
  const rows = await tx.query(sql`
    delete from password_resets where hash = ${hash} and expires_at > ${now}::timestamptz returning hash`)
  return rows.length > 0
}

export async function deleteResetsOf(tx: Connection, userId: number): Promise<void> {
  await tx.query(sql`delete from password_resets where user_id = ${userId}`)
}

export async function deleteExpiredResets(db: Connection, now: string): Promise<void> {
  await db.query(sql`
    delete from password_resets where hash in (
      select hash from password_resets where expires_at < ${now}::timestamptz for update skip locked)`)
}
