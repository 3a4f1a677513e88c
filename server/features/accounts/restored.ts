import sql, { raw } from 'sql-template-tag'
import { isSameAccount, type Replacing } from '../../ports/backups.ts'

const quoted = (schema: string) => raw(`"${schema}"`)

/** Whether an account of before is the same account in the restored data, and an active administrator there. */
export async function isSameAdmin(tx: Replacing, id: number): Promise<boolean> {
  const rows = await tx.query(sql`
    select u.id from users u join ${quoted(tx.past)}.users p using (id, created_at)
    where u.id = ${id} and lower(p.email) = lower(u.email) and u.role = 'admin' and u.is_active`)
  return rows.length > 0
}

/** Takes one session over into restored data, in which nobody else is signed in. */
export async function carrySession(tx: Replacing, id: string): Promise<void> {
  await tx.carry('sessions', `old.id = $1 and ${isSameAccount(tx, 'old.user_id')}`, { values: [id] })
  await tx.carry(
    'refresh_tokens',
    'old.session_id = $1 and exists (select from sessions s where s.id = old.session_id)',
    { values: [id] },
  )
}

/** Ends all sessions but one, when accounts and passwords are those of another time. */
export const endOtherSessions = (tx: Replacing, id: string | null) =>
  tx.query(sql`
    update sessions set ended_at = now() where ended_at is null and id is distinct from ${id}::uuid`)
