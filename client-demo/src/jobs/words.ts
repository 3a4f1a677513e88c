import type { Job, JobStatus } from '../../../sdk/index.ts'

const names: Record<string, string> = {
  create_backup: 'Backup',
  restore_backup: 'Restore of a backup',
  erase_person: 'Erasure of an account',
  export: 'Export',
  import_videos: 'Import of videos',
  import_tasks: 'Import of tasks',
  users_action: 'Change of accounts',
}

/** Of a kind that is not known here the name says enough. */
export function nameOf({ type }: Job): string {
  const words = type.replaceAll('_', ' ')
  return names[type] ?? words.charAt(0).toUpperCase() + words.slice(1)
}

export const statusNames: Record<JobStatus, string> = {
  queued: 'Waiting',
  running: 'Running',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}
