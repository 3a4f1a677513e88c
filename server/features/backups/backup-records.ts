import sql from 'sql-template-tag'
import type { BackupType } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { StoredBackup } from '../../ports/backups.ts'
import { audit } from '../audit/index.ts'
import { newBackupKey } from './backup-files.ts'
import { type BackupRow, endAbandoned, findBackup, insertBackup, listBackups, updateBackup } from './backups.queries.ts'

export const newBackup = (type: BackupType, now: string): Omit<BackupRow, 'id'> => ({
  type,
  status: 'queued',
  key: newBackupKey(type),
  size: null,
  checksum: null,
  error: null,
  job_id: null,
  is_scheduled: false,
  created_at: now,
  completed_at: null,
})

/** The list of backups, for a command of the operator that makes one without a job. */
export const createBackupRecords = ({ command, database }: { command: Command; database: Database }) => ({
  begin: (type: BackupType): Promise<BackupRow> =>
    command({ person: null }, async tx => {
      const row = await insertBackup(tx, { ...newBackup(type, tx.now), status: 'running' })
      await audit(tx, null, { action: 'backup.created', resource: 'backup', resourceId: row.id, details: { type } })
      return row
    }),
  complete: (id: number, { size, checksum }: StoredBackup): Promise<BackupRow> =>
    command({ person: null }, tx =>
      updateBackup(tx, id, { status: 'completed', size, checksum, completed_at: tx.now }),
    ),
  fail: (id: number, error: string): Promise<BackupRow> =>
    command({ person: null }, tx => updateBackup(tx, id, { status: 'failed', error, completed_at: tx.now })),
  find: (id: number) => findBackup(database, id),
  all: async (): Promise<BackupRow[]> => {
    await endAbandoned(database)
    return listBackups(database, { after: sql`true`, window: sql`order by id desc` })
  },
})
