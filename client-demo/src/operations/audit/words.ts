import type { AuditEntry, BackupType } from '../../../../sdk/index.ts'
import { typeNames } from '../backups/words.ts'

/** What was done, as it is said between who did it and to what. */
export const actionNames: Record<string, string> = {
  'user.updated': 'changed the account',
  'user.password_reset': 'reset the password of',
  'user.registered': 'made the account',
  'user.renamed': 'renamed',
  'user.erased': 'asked to erase',
  'user.password_changed': 'changed the password of',
  'user.password_change_refused': 'gave a wrong password of',
  'user.erasure_refused': 'gave a wrong password of',
  'user.password_forgotten': 'asked for a new password of',
  'user.password_set': 'set a new password of',
  'session.opened': 'signed in',
  'session.closed': 'signed out',
  'session.ended': 'ended another session',
  'session.refused': 'was refused to sign in',
  'session.token_reused': 'used a spent token, which ended the session',
  'member.added': 'added a member to project',
  'member.updated': 'changed the role of a member of project',
  'member.removed': 'removed a member from project',
  'flag.created': 'made the flag',
  'flag.updated': 'changed the flag',
  'flag.deleted': 'removed the flag',
  'backup.created': 'made a backup:',
  'backup.restore_asked': 'looked into putting back the backup',
  'backup.restore_confirmed': 'confirmed to put back the backup',
  'backup.restored': 'put back a backup:',
  'webhook.registered': 'registered the webhook',
  'webhook.updated': 'changed the webhook',
  'webhook.deleted': 'removed the webhook',
  'webhook.secret_rotated': 'renewed the secret of the webhook',
  'export.created': 'exported:',
  'cache.cleared': 'cleared the cache',
}

export const resourceNames = {
  user: 'Accounts',
  session: 'Sessions',
  project: 'Projects',
  flag: 'Feature flags',
  backup: 'Backups',
  webhook: 'Webhooks',
  export: 'Exports',
  cache: 'The cache',
} as const
export type ResourceName = keyof typeof resourceNames

/** An action that is not known here says enough by itself. */
export const actionName = (action: string): string => actionNames[action] ?? action.replaceAll(/[._]/g, ' ')

interface Change {
  from: unknown
  to: unknown
}

const isChange = (value: unknown): value is Change =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value

/** The fields that were changed, with what they were before. */
export function changesIn({ details }: AuditEntry): [field: string, change: Change][] {
  const given = isRecord(details.changes) ? details.changes : details
  return Object.entries(given).filter((entry): entry is [string, Change] => isChange(entry[1]))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const nameOfType = (type: string) => (typeNames[type as BackupType] ?? type).toLowerCase()

/** What it was done to, where that is no person: by its name, else by what it is. */
export function subjectOf({ resource, resource_id: id, details }: AuditEntry): string {
  if (resource === 'session') return ''
  if (typeof id === 'string') return id
  const type = resource === 'backup' && typeof details.type === 'string' ? nameOfType(details.type) : details.type
  const words = [type, details.format, details.host].filter(word => typeof word === 'string')
  if (words.length > 0) return words.join(', ')
  return id === null || resource === 'cache' ? '' : `no. ${id}`
}

export function said(value: unknown): string {
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (value === null || value === '') return 'nothing'
  if (!Array.isArray(value)) return String(value)
  if (value.length === 0) return 'none'
  return value.some(isRecord) ? `${value.length} of them` : value.join(', ')
}
