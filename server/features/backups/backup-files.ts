import { randomBytes } from 'node:crypto'
import type { BackupType } from '../../../contract/index.ts'

/** Backups have a folder of their own, apart from other files in the same storage. */
const folder = 'bk/'

/** A new name, from which people see when and of what the backup is. */
export const newBackupKey = (type: BackupType, now = new Date()): string => {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()
  return `${folder}${time}-${type}-${randomBytes(4).toString('hex')}.backup`
}
