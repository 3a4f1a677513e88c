import sql from 'sql-template-tag'
import type { Command } from '../../events/index.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Backups } from '../../ports/backups.ts'
import type { Database } from '../../ports/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { newBackup } from './backup-records.ts'
import { backupType } from './backup-job.ts'
import * as queries from './backups.queries.ts'

export interface ScheduleDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'enqueue'>
  backups: Backups
  log: Logger
  /** 0 for none. */
  everyHours: number
  /** So many scheduled backups are kept. */
  keep: number
}

/** After a failure the next try waits for this part of the interval: the disk does not get free by itself. */
const failedPart = 1 / 4

/**
 * Makes a full backup when the newest scheduled one is too old. Any instance may call it at any time: one of them does
 * it.
 */
export const createBackupSchedule =
  ({ command, jobs, everyHours }: ScheduleDeps) =>
  async (): Promise<void> => {
    if (everyHours === 0) return
    await command({ person: null }, async tx => {
      await tx.query(sql`select pg_advisory_xact_lock(hashtextextended('scheduled backups', 0))`)
      if (await queries.hasScheduledSince(tx, { hours: everyHours, failedHours: everyHours * failedPart })) return
      const admin = await queries.findOldestAdmin(tx)
      if (!admin) return
      const row = await queries.insertBackup(tx, { ...newBackup('full', tx.now), is_scheduled: true })
      const job = await jobs.enqueue(tx, { person: admin } as Scope, {
        type: backupType,
        input: { backup_id: row.id },
      })
      await queries.updateBackup(tx, row.id, { job_id: job.id })
    })
  }

/** Removes scheduled backups that newer ones have outlived, failed ones, and what crashes have left behind. */
export const createBackupCleanUp =
  ({ database, backups, keep }: ScheduleDeps) =>
  async (): Promise<void> => {
    await queries.endAbandoned(database)
    await queries.dropExpiredConfirmations(database)
    // The file first: a row without its file is found again, a file without its row would stay.
    for (const { id, key } of await queries.listOutlived(database, keep)) {
      await backups.delete(key)
      await queries.deleteBackup(database, id)
    }
    await backups.sweep()
  }
