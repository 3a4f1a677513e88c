import type { Backup, BackupType } from '../../../../sdk/index.ts'

export const typeNames: Record<BackupType, string> = {
  full: 'Everything',
  database: 'All data, without files',
  users: 'Accounts',
  media: 'Files',
}

const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** To the second, because several may be made in a minute. */
export const nameOf = ({ type, created_at }: Pick<Backup, 'type' | 'created_at'>): string =>
  `${typeNames[type]}, ${exactly.format(new Date(created_at))}`

export const isUnfinished = ({ status }: Backup) => status === 'queued' || status === 'running'
