import { z } from 'zod'
import { AppError, conflict } from '../../kernel/errors.ts'
import { BackupRefused, type Backups } from '../../ports/backups.ts'
import type { Database } from '../../ports/database.ts'
import { isNotedRestored, type JobType } from '../jobs/index.ts'
import { findBackup } from './backups.queries.ts'
import { createReport } from './report.ts'
import type { TakeOver } from './take-over.ts'

const RestoreInput = z.strictObject({
  backup_id: z.int(),
  /** The session that confirmed it, which goes on afterwards. */
  session_id: z.string(),
  address: z.string(),
  user_agent: z.string(),
  /** In milliseconds since 1970. */
  not_after: z.int(),
})
export type RestoreInput = z.output<typeof RestoreInput>

export const restoreType = 'restore_backup'

/** Not tried again by itself, so it must not look as if it could pass. */
const failed = (cause: unknown) => {
  const reason = cause instanceof AppError ? cause.message : 'Something went wrong on our side.'
  return new AppError('conflict', `${reason} Nothing was changed; begin again.`, { cause })
}

/**
 * Puts a backup back. It is not tried again: when the process dies, everything is as it was, and what was right to
 * confirm then may be wrong to do an hour later. When it dies after the data were replaced, the job of the new data says
 * so, and ends.
 */
export const createRestoreJob = (deps: {
  database: Database
  backups: Backups
  takeOver: TakeOver
}): JobType<RestoreInput, { begun: true }> => ({
  type: restoreType,
  title: 'The restore',
  input: RestoreInput,
  isAlone: true,

  async run(work) {
    const { input, cursor, signal, step, job } = work
    if (job.result?.restored === true) return
    if (cursor !== null)
      throw conflict('The server stopped while the backup was being put back. Nothing was changed; begin again.')
    if (Date.now() > input.not_after) throw conflict('It came too late to its turn. Nothing was changed; begin again.')
    const row = await findBackup(deps.database, input.backup_id)
    if (!row) throw conflict('The backup is no longer there.')
    await step(async () => ({ cursor: { begun: true } }))
    try {
      const { head, ...counts } = await deps.backups.restore({
        key: row.key,
        signal,
        report: createReport(work),
        replacing: (tx, found) =>
          deps.takeOver(tx, found, {
            backupId: row.id,
            jobId: job.id,
            personId: job.created_by,
            sessionId: input.session_id,
            address: input.address,
            userAgent: input.user_agent,
          }),
      })
      const result = { restored: true, backup_id: row.id, taken_at: head.created_at, ...counts }
      await step(async () => ({ cursor: { begun: true }, result }))
    } catch (error) {
      // The data may have been replaced although the answer to the commit was lost; only the database knows.
      if (await isNotedRestored(deps.database, job.id)) return
      throw signal.aborted || error instanceof BackupRefused ? error : failed(error)
    }
  },
})
