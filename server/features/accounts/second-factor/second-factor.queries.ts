import sql from 'sql-template-tag'
import { type Connection, countOf } from '../../../ports/database.ts'
import { columnsOf, type Row } from '../../../ports/table.ts'
import { recoveryCodesTable, signInChallengesTable, totpFactorsTable } from './second-factor.table.ts'

export type Factor = Row<typeof totpFactorsTable>

export async function lockFactor(tx: Connection, userId: number): Promise<Factor | undefined> {
  const [row] = await tx.query<Factor>(sql`
    select ${columnsOf(totpFactorsTable)} from totp_factors where user_id = ${userId} for no key update`)
  return row
}

export async function findFactor(db: Connection, userId: number): Promise<Factor | undefined> {
  const [row] = await db.query<Factor>(sql`
    select ${columnsOf(totpFactorsTable)} from totp_factors where user_id = ${userId}`)
  return row
}

/** A new secret replaces one that was not confirmed. @returns false when the factor is on */
export async function offerFactor(tx: Connection, userId: number, secret: Buffer, now: string): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into totp_factors (user_id, secret, created_at) values (${userId}, ${secret}, ${now})
    on conflict (user_id) do update set secret = excluded.secret, created_at = excluded.created_at
    where totp_factors.confirmed_at is null returning user_id`)
  return rows.length > 0
}

export async function confirmFactor(tx: Connection, userId: number, step: number, now: string): Promise<void> {
  await tx.query(sql`
    update totp_factors set confirmed_at = ${now}, last_step = ${step}, failures = 0, failing_since = null
    where user_id = ${userId}`)
  await tx.query(sql`update users set two_factor = true where id = ${userId}`)
}

export async function noteAccepted(tx: Connection, userId: number, step: number): Promise<void> {
  await tx.query(sql`
    update totp_factors set last_step = ${step}, failures = 0, failing_since = null where user_id = ${userId}`)
}

export async function noteFailure(tx: Connection, userId: number, failures: number, since: string): Promise<void> {
  await tx.query(sql`
    update totp_factors set failures = ${failures}, failing_since = ${since} where user_id = ${userId}`)
}

/** Removes the factor with everything that belongs to it. @returns whether it was on, or only offered; null: none */
export async function deleteFactor(tx: Connection, userId: number): Promise<'on' | 'offered' | null> {
  const [row] = await tx.query<{ confirmed_at: string | null }>(
    sql`delete from totp_factors where user_id = ${userId} returning confirmed_at`,
  )
  await tx.query(sql`delete from recovery_codes where user_id = ${userId}`)
  await deleteChallengesOf(tx, userId)
  await tx.query(sql`update users set two_factor = false where id = ${userId} and two_factor`)
  if (!row) return null
  return row.confirmed_at === null ? 'offered' : 'on'
}

export async function replaceRecoveryCodes(tx: Connection, userId: number, hashes: readonly Buffer[], now: string) {
  await tx.query(sql`delete from recovery_codes where user_id = ${userId}`)
  await tx.query(sql`
    insert into recovery_codes (hash, user_id, created_at)
    select hash, ${userId}, ${now}::timestamptz from unnest(${[...hashes]}::bytea[]) as hash`)
}

/** @returns whether the code was this person's and had not been used */
export async function useRecoveryCode(tx: Connection, userId: number, hash: Buffer, now: string): Promise<boolean> {
  const rows = await tx.query(sql`
    update recovery_codes set used_at = ${now} where hash = ${hash} and user_id = ${userId} and used_at is null
    returning hash`)
  return rows.length > 0
}

export const countRecoveryCodes = (db: Connection, userId: number): Promise<number> =>
  countOf(db, sql`select count(*) from recovery_codes where user_id = ${userId} and used_at is null`)

export type Challenge = Row<typeof signInChallengesTable>

/** The most sign-ins of one account that wait for a code; the oldest ones give way. */
const mostWaiting = 20

export async function insertChallenge(tx: Connection, hash: Buffer, userId: number, expiresAt: string): Promise<void> {
  await tx.query(sql`
    delete from sign_in_challenges where hash in (
      select hash from sign_in_challenges where user_id = ${userId} order by expires_at desc offset ${mostWaiting - 1})`)
  await tx.query(sql`
    insert into sign_in_challenges (hash, user_id, expires_at) values (${hash}, ${userId}, ${expiresAt})`)
}

export async function findChallengeOwner(db: Connection, hash: Buffer): Promise<number | undefined> {
  const [row] = await db.query<{ user_id: number }>(sql`select user_id from sign_in_challenges where hash = ${hash}`)
  return row?.user_id
}

export async function lockChallenge(tx: Connection, hash: Buffer, now: string): Promise<Challenge | undefined> {
  const [row] = await tx.query<Challenge>(sql`
    select ${columnsOf(signInChallengesTable)} from sign_in_challenges
    where hash = ${hash} and expires_at > ${now}::timestamptz for update`)
  return row
}

export async function countGuess(tx: Connection, hash: Buffer): Promise<void> {
  await tx.query(sql`update sign_in_challenges set guesses = guesses + 1 where hash = ${hash}`)
}

export async function deleteChallenge(tx: Connection, hash: Buffer): Promise<void> {
  await tx.query(sql`delete from sign_in_challenges where hash = ${hash}`)
}

/** A changed password or a removed factor ends what waits for a code. */
export async function deleteChallengesOf(tx: Connection, userId: number): Promise<void> {
  await tx.query(sql`delete from sign_in_challenges where user_id = ${userId}`)
}

export async function deleteExpiredChallenges(db: Connection, now: string): Promise<void> {
  await db.query(sql`
    delete from sign_in_challenges where hash in (
      select hash from sign_in_challenges where expires_at < ${now}::timestamptz for update skip locked)`)
}

export const findRecoveryCodeRows = (userId: number) =>
  sql`select ${columnsOf(recoveryCodesTable)} from recovery_codes where user_id = ${userId} order by created_at, hash`
