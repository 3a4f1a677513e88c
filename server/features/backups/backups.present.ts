import type { Backup } from '../../../contract/index.ts'
import type { BackupRow } from './backups.queries.ts'

/** The backup as administrators see it, without its place in the store. */
export function present(row: BackupRow): Backup {
  const { key: _, ...shown } = row
  return shown
}
