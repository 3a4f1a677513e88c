import { column, defineTable } from '../../ports/table.ts'

/** What is not hidden is what clients see. */
export const apiKeysTable = defineTable('api_keys', {
  id: column.bigint().primary(),
  user_id: column.bigint(),
  name: column.text(),
  prefix: column.text(),
  /** SHA-256 of the whole key. */
  hash: column.bytes().hidden(),
  /** The key from before the last rotation, for as long as it works too. */
  previous_hash: column.bytes().strictNullable().hidden(),
  previous_until: column.time().strictNullable().hidden(),
  permissions: column.texts(),
  rate_limit: column.integer().strictNullable(),
  expires_at: column.time().strictNullable(),
  last_used_at: column.time().strictNullable(),
  created_at: column.time(),
  revoked_at: column.time().strictNullable(),
  version: column.integer(),
})

/** How often a key was used on a day, which is named by its beginning in UTC. */
export const apiKeyUsageTable = defineTable('api_key_usage', {
  key_id: column.bigint().primary(),
  day: column.time().primary(),
  method: column.text().primary(),
  path: column.text().primary(),
  status: column.smallint().primary(),
  calls: column.bigint(),
})

/** The latest calls of each key. */
export const apiKeyCallsTable = defineTable('api_key_calls', {
  id: column.bigint().primary(),
  key_id: column.bigint().hidden(),
  at: column.time(),
  method: column.text(),
  path: column.text(),
  status: column.smallint(),
  ip_address: column.text(),
})
