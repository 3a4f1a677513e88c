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
  /** Null once the address and the program are removed. */
  origin_salt: column.text().strictNullable().hidden(),
  /** What of the details names a person. */
  personal: column.json<AuditEntry['details']>().strictNullable(),
  /** Whom `personal` names, and with whose erasure it goes. */
  personal_of: column.bigint().strictNullable().hidden(),
  /** Null once `personal` is removed. */
  personal_salt: column.text().strictNullable().hidden(),
  /** Always null; the release before writes it. */
  hash: column.text().strictNullable(),
})

/** The links of the entries, in the order in which they were linked. */
export const auditChainTable = defineTable('audit_chain', {
  seq: column.bigint().primary(),
  entry_id: column.bigint(),
  origin_digest: column.text().strictNullable(),
  personal_digest: column.text().strictNullable(),
  hash: column.text(),
})

/** Committed entries that have no link yet; a trigger adds them. */
export const auditUnsealedTable = defineTable('audit_unsealed', { entry_id: column.bigint().primary() })

/** Links that were signed. */
export const auditHeadsTable = defineTable('audit_heads', {
  seq: column.bigint().primary(),
  hash: column.text(),
  signed_at: column.time(),
  key_id: column.text(),
  signature: column.text(),
})
