import sql, { raw } from 'sql-template-tag'
import type { Replacing } from '../../ports/backups.ts'

/**
 * The audit log does not go back in time: when the log of before continues the one of the backup, its further entries
 * are taken over. When it is another log (a new installation into which an old one is restored), the one of the backup
 * stays as it is.
 */
export async function carryAudit(tx: Replacing): Promise<void> {
  const [end] = await tx.query<{ id: number; hash: string }>(
    sql`select id, hash from audit_log order by id desc limit 1`,
  )
  const past = raw(`"${tx.past}"`)
  const [same] = await tx.query(sql`
    select id from ${past}.audit_log where id = ${end?.id ?? 0} and hash = ${end?.hash ?? ''}`)
  if (!end || same) await tx.carry('audit_log', 'old.id > $1', { values: [end?.id ?? 0] })
}
