import { createHash, randomBytes } from 'node:crypto'
import { importType } from '../imports/index.ts'
import { videoImportType } from '../videos/index.ts'
import type { backups as contract, RestoreSummary } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { conflict, invalid, notFound } from '../../kernel/errors.ts'
import type { BackupHead, Backups } from '../../ports/backups.ts'
import type { Database } from '../../ports/database.ts'
import { audit } from '../audit/index.ts'
import { findUnfinishedOf, type Jobs } from '../jobs/index.ts'
import { findBackup, insertConfirmation, isMakingBackup, lockRestores, useConfirmation } from './backups.queries.ts'
import { restoreType } from './restore-job.ts'

/** How long the administrator may think about it, and how long the confirmed restore may wait for its turn. */
const confirmMs = 10 * 60_000

const hashOf = (token: string) => createHash('sha256').update(token).digest()

export interface RestoreServiceDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'enqueue'>
  backups: Backups
}

/** A restore is confirmed by a second call, so that nobody replaces all data by one slip. */
export function createRestoreService({
  database,
  command,
  jobs,
  backups,
}: RestoreServiceDeps): Pick<Handlers<typeof contract>, 'restore'> {
  const find = async (id: number) => {
    const row = await findBackup(database, id)
    if (!row) throw notFound()
    if (row.status !== 'completed') throw conflict('The backup is not complete.')
    return row
  }

  return {
    restore: async (scope, { backup_id, confirmation_token }) => {
      const row = await find(backup_id)
      if (confirmation_token === undefined) {
        const head = await backups.readHead(row.key)
        const token = randomBytes(32).toString('base64url')
        const expires_at = new Date(Date.now() + confirmMs).toISOString()
        return command(scope, async tx => {
          await insertConfirmation(tx, { hash: hashOf(token), backup_id, user_id: scope.person.id, expires_at })
          const asked = { action: 'backup.restore_asked', resource: 'backup', resourceId: backup_id }
          await audit(tx, scope, asked)
          return { confirmation_token: token, expires_at, summary: summaryOf(backup_id, head) }
        })
      }
      return command(scope, async tx => {
        await lockRestores(tx)
        if (!(await useConfirmation(tx, hashOf(confirmation_token), backup_id, scope.person.id)))
          throw invalid({ confirmation_token: 'is spent, expired, or not of this backup and administrator' })
        if (await findUnfinishedOf(tx, [restoreType])) throw conflict('Another backup is being put back.')
        if (await isMakingBackup(tx)) throw conflict('A backup is being made; wait for it, or cancel it.')
        if (await findUnfinishedOf(tx, [importType, videoImportType]))
          throw conflict('An import is running; wait for it, or cancel it.')
        const input = {
          backup_id,
          session_id: scope.sessionId,
          address: scope.address,
          user_agent: scope.userAgent,
          not_after: Date.now() + confirmMs,
        }
        const job = await jobs.enqueue(tx, scope, { type: restoreType, input })
        await audit(tx, scope, {
          action: 'backup.restore_confirmed',
          resource: 'backup',
          resourceId: backup_id,
          details: { job_id: job.id },
        })
        return job
      })
    },
  }
}

const unsentIsLost = 'What waits to be sent to webhooks is lost.'
const everybodyLeaves = 'Everybody but you has to sign in again.'

const warnings: Record<BackupHead['type'], (at: string) => string[]> = {
  full: at => [
    `Everything that was done after ${at} is lost, apart from the audit log.`,
    unsentIsLost,
    everybodyLeaves,
  ],
  database: at => [
    `Everything that was done after ${at} is lost, apart from the audit log.`,
    'Files that were deleted since stay deleted, although the data name them.',
    unsentIsLost,
    everybodyLeaves,
  ],
  users: at => [`Accounts, roles and passwords are again those of ${at}; later accounts stay.`, everybodyLeaves],
  media: () => ['Files that were deleted since come back, where their projects still exist.'],
}

const summaryOf = (backup_id: number, { type, created_at, schema }: BackupHead): RestoreSummary => ({
  backup_id,
  type,
  taken_at: created_at,
  schema,
  warnings: warnings[type](created_at),
})
