import sql from 'sql-template-tag'
import type { Clauses } from '../../../kernel/paging.ts'
import type { ForeignIdentity, ForeignLogout } from '../../../ports/identity-provider.ts'
import { type Connection, countOf } from '../../../ports/database.ts'
import { columnsOf, type Row } from '../../../ports/table.ts'
import { identitiesTable } from './identities.table.ts'

export type IdentityRow = Row<typeof identitiesTable>

/** Sign-ins and logouts of one person, or of one session, at an issuer come one after the other. */
export async function lockAtIssuer(
  tx: Connection,
  { issuer, subject, sid }: Pick<ForeignLogout, 'issuer' | 'subject' | 'sid'>,
): Promise<void> {
  const keys = [subject === null ? null : `subject ${issuer} ${subject}`, sid === null ? null : `sid ${issuer} ${sid}`]
  for (const key of keys)
    if (key !== null) await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}

export async function findIdentity(
  db: Connection,
  { issuer, subject }: Pick<ForeignIdentity, 'issuer' | 'subject'>,
): Promise<{ id: number; user_id: number } | undefined> {
  const [row] = await db.query<{ id: number; user_id: number }>(sql`
    select id, user_id from identities where issuer = ${issuer} and subject = ${subject}`)
  return row
}

export async function insertIdentity(
  tx: Connection,
  { userId, provider, identity }: { userId: number; provider: string; identity: ForeignIdentity },
  now: string,
): Promise<number> {
  const { issuer, subject, email } = identity
  const [row] = await tx.query<{ id: number }>(sql`
    insert into identities (user_id, provider, issuer, subject, email, linked_at)
    values (${userId}, ${provider}, ${issuer}, ${subject}, ${email}, ${now}) returning id`)
  return row!.id
}

export async function noteUsed(tx: Connection, id: number, email: string | null, now: string): Promise<void> {
  await tx.query(sql`update identities set last_used_at = ${now}, email = ${email} where id = ${id}`)
}

export const findIdentities = (db: Connection, userId: number, { after, window }: Clauses): Promise<IdentityRow[]> =>
  db.query<IdentityRow>(sql`
    select ${columnsOf(identitiesTable)} from identities where user_id = ${userId} and ${after} ${window}`)

export const countIdentities = (db: Connection, userId: number): Promise<number> =>
  countOf(db, sql`select count(*) from identities where user_id = ${userId}`)

/** Other identities of the person at issuers that are configured. */
export const countOtherWaysIn = (db: Connection, userId: number, exceptId: number, issuers: readonly string[]) =>
  countOf(
    db,
    sql`select count(*) from identities
      where user_id = ${userId} and id <> ${exceptId} and issuer = any(${[...issuers]}::text[])`,
  )

export async function deleteIdentity(
  tx: Connection,
  id: number,
  userId: number,
): Promise<{ provider: string; issuer: string; subject: string } | undefined> {
  const [row] = await tx.query<{ provider: string; issuer: string; subject: string }>(sql`
    delete from identities where id = ${id} and user_id = ${userId} returning provider, issuer, subject`)
  return row
}

export async function deleteIdentitiesOf(tx: Connection, userId: number): Promise<void> {
  await tx.query(sql`delete from identities where user_id = ${userId}`)
}

/** @returns false when this logout has been here before */
export async function insertLogout(tx: Connection, logout: ForeignLogout, expiresAt: string): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into issuer_logouts (issuer, jti, subject, sid, issued_at, expires_at)
    values (${logout.issuer}, ${logout.jti}, ${logout.subject}, ${logout.sid}, ${logout.issuedAt}, ${expiresAt})
    on conflict do nothing returning jti`)
  return rows.length > 0
}

/** Whether the issuer has ended meanwhile what a sign-in is based on. */
export async function isLoggedOut(tx: Connection, identity: ForeignIdentity): Promise<boolean> {
  const { issuer, subject, sid, issuedAt } = identity
  const rows = await tx.query(sql`
    select 1 from issuer_logouts
    where issuer = ${issuer} and (subject is null or subject = ${subject})
      and (sid = ${sid}::text or (sid is null and issued_at >= ${issuedAt}::timestamptz)) limit 1`)
  return rows.length > 0
}

/** Ends the open sessions that a logout is about: one session at the issuer, or all of a person. */
export const endSessionsAtIssuer = (tx: Connection, { issuer, subject, sid }: ForeignLogout, now: string) =>
  tx.query<{ id: string; user_id: number }>(sql`
    update sessions set ended_at = ${now}
    where issuer = ${issuer} and ended_at is null
      and (${sid}::text is null or issuer_sid = ${sid}::text)
      and (${subject}::text is null or issuer_subject = ${subject}::text)
    returning id, user_id`)

/** Ends the sessions that somebody opened with an identity, except one. @returns their ids */
export async function endSessionsBy(
  tx: Connection,
  { issuer, subject, exceptId }: { issuer: string; subject: string; exceptId: string },
  now: string,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(sql`
    update sessions set ended_at = ${now}
    where issuer = ${issuer} and issuer_subject = ${subject} and ended_at is null and id <> ${exceptId}::uuid
    returning id`)
  return rows.map(({ id }) => id)
}

export async function deleteOldLogouts(db: Connection, now: string): Promise<void> {
  await db.query(sql`
    delete from issuer_logouts where (issuer, jti) in (
      select issuer, jti from issuer_logouts where expires_at < ${now}::timestamptz for update skip locked)`)
}
