import { isSameAccount, type Replacing } from '../../ports/backups.ts'

/**
 * Files that exist go on to exist, with the jobs that they belong to. Call it after those were carried over. A restored
 * job with the same id may be another one.
 */
export const carryExports = (tx: Replacing): Promise<void> =>
  tx.carry(
    'exports',
    `exists (select from "${tx.past}".jobs j where j.id = old.job_id and ${isSameAccount(tx, 'j.created_by')})`,
  )
