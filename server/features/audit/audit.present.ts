import type { AuditEntry } from '../../../contract/index.ts'
import type { AuditRow } from './audit.queries.ts'

/** Ids are numbers everywhere except those of sessions. */
export const present = ({ resource_id, ...row }: AuditRow): AuditEntry => ({
  ...row,
  resource_id: resource_id !== null && /^\d+$/.test(resource_id) ? Number(resource_id) : resource_id,
})
