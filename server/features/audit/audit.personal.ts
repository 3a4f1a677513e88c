import sql from 'sql-template-tag'
import type { AuditEntry } from '../../../contract/index.ts'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { present } from './audit.present.ts'
import { type AuditRow, shownAudit } from './audit.queries.ts'

/** What the audit log says of a person: what they did, and what was done to their account, without who did that and from where. */
export const auditPersonal: PersonalSource[] = [
  {
    name: 'audit',
    rows: ({ id }) => sql`
      select ${shownAudit}, user_id is not distinct from ${id}::bigint as is_own from audit_log
      where user_id = ${id} or (resource = 'user' and resource_id = ${String(id)}) order by id`,
    present: ({ is_own, ...row }: AuditRow & { is_own: boolean }): AuditEntry =>
      present(is_own ? row : { ...row, user_id: null, ip_address: null, user_agent: null }),
  },
]
