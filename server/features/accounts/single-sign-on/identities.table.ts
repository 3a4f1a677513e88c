import { column, defineTable } from '../../../ports/table.ts'

export const identitiesTable = defineTable('identities', {
  id: column.bigint().primary(),
  user_id: column.bigint().hidden(),
  provider: column.text(),
  issuer: column.text().hidden(),
  subject: column.text().hidden(),
  email: column.text().strictNullable(),
  linked_at: column.time(),
  last_used_at: column.time().strictNullable(),
})

/** Logouts that issuers have sent, so that each counts once, and for sign-ins that were under way meanwhile. */
export const issuerLogoutsTable = defineTable('issuer_logouts', {
  issuer: column.text().primary(),
  jti: column.text().primary(),
  subject: column.text().strictNullable(),
  sid: column.text().strictNullable(),
  issued_at: column.time(),
  expires_at: column.time(),
})
