import { z } from 'zod'
import type { Backups, Manifest } from '../../ports/backups.ts'
import type { Database } from '../../ports/database.ts'
import type { JobType } from '../jobs/index.ts'
import { endAbandoned, findBackup, updateBackup } from './backups.queries.ts'
import { createReport } from './report.ts'

const BackupInput = z.strictObject({ backup_id: z.int() })
type BackupInput = z.output<typeof BackupInput>

export const backupType = 'create_backup'

/** Damaged files that the result of a backup names. */
const mostNamed = 100

/** Makes a backup from the beginning, also after a crash: half a snapshot is of no use. */
export const createBackupJob = (deps: { database: Database; backups: Backups }): JobType<BackupInput, null> => ({
  type: backupType,
  title: 'The backup',
  input: BackupInput,
  mostUnfinished: 3,

  // Of one that has failed or was cancelled.
  ended: () => endAbandoned(deps.database),

  async run(work) {
    const { input, signal, step } = work
    const row = await findBackup(deps.database, input.backup_id)
    if (!row || row.status === 'completed') return
    await step(async tx => {
      await updateBackup(tx, row.id, { status: 'running' })
      return { cursor: null }
    })
    const made = await deps.backups.create(row.key, row.type, { signal, report: createReport(work) })
    await step(async tx => {
      const { size, checksum } = made
      await updateBackup(tx, row.id, { status: 'completed', size, checksum, completed_at: tx.now })
      return { cursor: null, result: { backup_id: row.id, ...countsOf(made.manifest) } }
    })
  },
})

const countsOf = ({ tables, media }: Manifest) => ({
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  files: media.files,
  ...(media.damaged && media.damaged.length > 0 && { damaged_files: media.damaged.slice(0, mostNamed) }),
})
