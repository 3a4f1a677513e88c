import { renewLog, type Tx } from '../../events/index.ts'
import { conflict } from '../../kernel/errors.ts'
import { type BackupHead, isWholeBackup, type Manifest, type Replacing } from '../../ports/backups.ts'
import {
  carrySession,
  endOtherSessions,
  isSameAdmin,
  keepPresentFactors,
  keepPresentIdentities,
  matchFactors,
} from '../accounts/index.ts'
import { audit, carryAudit } from '../audit/index.ts'
import { carryExports } from '../exports/index.ts'
import { carryErasures, reapplyErasures } from '../gdpr/index.ts'
import { carryJobs, noteRestored } from '../jobs/index.ts'
import { carryKeys } from '../keys/index.ts'
import { keepRestoredFiles } from '../media/index.ts'
import { carryStatistics } from '../statistics/index.ts'
import { forgetFailures } from '../webhooks/index.ts'

/** Who puts a backup back; without a job it is a command of the operator. */
export interface Restorer {
  backupId: number | null
  jobId: number | null
  personId: number | null
  sessionId: string | null
  address: string
  userAgent: string
}

export type TakeOver = (
  tx: Replacing,
  found: { head: BackupHead; manifest: Manifest },
  restorer: Restorer,
) => Promise<void>

/**
 * What of the present goes on in restored data: API keys, backups, jobs and their files, the audit log, statistics,
 * second factors, links to accounts elsewhere, the session of the administrator, and the position of the event log,
 * under another name. What belongs to a person goes on only where
 * the same person is in the restored data. Who was erased since the backup is erased again, before anybody can read it.
 */
export const takeOver: TakeOver = async (tx, { head, manifest }, restorer) => {
  const { personId, sessionId, jobId } = restorer
  const isWhole = isWholeBackup(head)
  if (personId !== null && !(await isSameAdmin(tx, personId)))
    throw conflict(
      'In the backup your account is not there, or no active administrator; you would lock yourself out. ' +
        'Put it back with the command line instead.',
    )
  if (isWhole) {
    await tx.carry('backups', 'true')
    await carryJobs(tx, jobId)
    await carryKeys(tx)
    await carryExports(tx)
    await carryStatistics(tx)
    await tx.carry('alerts', 'true')
    await carryErasures(tx)
    await keepPresentFactors(tx)
    await keepPresentIdentities(tx)
    await carryAudit(tx)
    await tx.carry('instances', 'true')
    await keepRestoredFiles(tx)
    await forgetFailures(tx)
    if (sessionId !== null) await carrySession(tx, sessionId)
  }
  if (isWhole || head.type === 'users') await matchFactors(tx)
  if (head.type === 'users') await endOtherSessions(tx, sessionId)
  await reapplyErasures(tx)
  if (jobId !== null) await noteRestored(tx, jobId)
  await renewLog(tx, isWhole ? { past: tx.past, atLeast: manifest.offset } : null)
  const now = new Date().toISOString()
  const actor = { person: personId === null ? null : ({ id: personId } as never), ...restorer }
  await audit({ query: tx.query, now } as Tx, actor, {
    action: 'backup.restored',
    resource: 'backup',
    resourceId: restorer.backupId,
    details: { type: head.type, taken_at: head.created_at },
  })
}
