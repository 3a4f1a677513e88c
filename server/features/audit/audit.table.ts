import type { AuditEntry } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const auditTable = defineTable('audit_log', {
  id: column.bigint().primary(),
  user_id: column.bigint().strictNullable(),
  action: column.text(),
  resource: column.text(),
  resource_id: column.text().strictNullable(),
  details: column.json<AuditEntry['details']>(),
  ip_address: column.text().strictNullable(),
  user_agent: column.text().strictNullable(),
  created_at: column.time(),
  hash: column.text(),
})
