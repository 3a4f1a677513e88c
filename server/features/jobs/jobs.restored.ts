import sql from 'sql-template-tag'
import { conflict } from '../../kernel/errors.ts'
import type { Connection } from '../../ports/database.ts'
import { isSameAccount, type Replacing } from '../../ports/backups.ts'

/**
 * Takes the present jobs over into restored data, of everybody who is there too: they are what people have seen and what
 * the queue knows. Jobs that were unfinished end, because what they were working on is gone.
 *
 * @param restoreId the job that restores
 * @throws AppError `conflict` when that one has ended meanwhile, because somebody cancelled it
 */
export async function carryJobs(tx: Replacing, restoreId: number | null): Promise<void> {
  await tx.carry('jobs', isSameAccount(tx, 'old.created_by'), { overwrite: true })
  await tx.query(sql`
    update jobs set status = 'cancelled', completed_at = now(), error = 'A backup was put back meanwhile.'
    where status in ('queued', 'running') and id is distinct from ${restoreId}`)
}

/** Notes in the job that restores that the data are replaced, so that it is not taken for interrupted. */
export async function noteRestored(tx: Replacing, id: number): Promise<void> {
  const rows = await tx.query(sql`
    update jobs set result = '{"restored": true}' where id = ${id} and status = 'running' returning id`)
  if (rows.length === 0) throw conflict('The restore was cancelled.')
}

export async function isNotedRestored(db: Connection, id: number): Promise<boolean> {
  const rows = await db.query(sql`select id from jobs where id = ${id} and result ->> 'restored' = 'true'`)
  return rows.length > 0
}
