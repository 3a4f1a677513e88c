import type { Replacing } from '../../ports/backups.ts'

/** Files that exist go on to exist. Call it after the jobs were carried over, which they belong to. */
export const carryExports = (tx: Replacing): Promise<void> =>
  tx.carry('exports', 'exists (select from jobs j where j.id = old.job_id)')
