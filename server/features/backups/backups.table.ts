import type { BackupStatus, BackupType } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const backupsTable = defineTable('backups', {
  id: column.bigint().primary(),
  type: column.text<BackupType>(),
  status: column.text<BackupStatus>(),
  /** Where it is in the store of backups. */
  key: column.text(),
  size: column.bigint().strictNullable(),
  checksum: column.text().strictNullable(),
  error: column.text().strictNullable(),
  job_id: column.bigint().strictNullable(),
  is_scheduled: column.boolean(),
  created_at: column.time(),
  completed_at: column.time().strictNullable(),
})

/** One row for each restore that waits for its confirmation. */
export const restoreConfirmationsTable = defineTable('restore_confirmations', {
  hash: column.bytes().primary(),
  backup_id: column.bigint(),
  user_id: column.bigint(),
  expires_at: column.time(),
})
