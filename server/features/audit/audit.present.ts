import type { AuditEntry } from '../../../contract/index.ts'
import type { AuditRow } from './audit.queries.ts'

/** Ids are numbers everywhere except those of sessions. The hash of a new entry is empty until it is linked. */
export const present = ({ resource_id, personal, details, hash, ...row }: AuditRow): AuditEntry => ({
  ...row,
  resource_id: resource_id !== null && /^\d+$/.test(resource_id) ? Number(resource_id) : resource_id,
  details: { ...details, ...personal },
  hash: hash ?? '',
})
