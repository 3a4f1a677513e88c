import type { Role } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const usersTable = defineTable('users', {
  id: column.bigint().primary(),
  email: column.text(),
  username: column.text(),
  name: column.text(),
  password_hash: column.text().hidden(),
  role: column.text<Role>(),
  permissions: column.texts(),
  tier: column.text<'free' | 'pro'>(),
  is_active: column.boolean(),
  is_verified: column.boolean(),
  created_at: column.time(),
  last_seen_at: column.time().strictNullable(),
  two_factor: column.boolean(),
  banned_at: column.time().strictNullable().hidden(),
  erased_at: column.time().strictNullable().hidden(),
  /** The folded name, by which people are found. */
  name_words: column.text().hidden(),
})

export const sessionsTable = defineTable('sessions', {
  id: column.uuid().primary(),
  user_id: column.bigint().hidden(),
  ip_address: column.text(),
  user_agent: column.text(),
  created_at: column.time(),
  last_active_at: column.time(),
  authenticated_at: column.time().hidden(),
  expires_at: column.time(),
  access_expires_at: column.time().hidden(),
  ended_at: column.time().strictNullable().hidden(),
  issuer: column.text().strictNullable().hidden(),
  issuer_subject: column.text().strictNullable().hidden(),
  issuer_sid: column.text().strictNullable().hidden(),
})

export const refreshTokensTable = defineTable('refresh_tokens', {
  hash: column.bytes().primary(),
  session_id: column.uuid(),
  created_at: column.time(),
  spent_at: column.time().strictNullable(),
})

/** The accounts that a check of signing in has made for itself. */
export const trialAccountsTable = defineTable('trial_accounts', {
  user_id: column.bigint().primary(),
  created_at: column.time(),
})

export const passwordResetsTable = defineTable('password_resets', {
  hash: column.bytes().primary(),
  user_id: column.bigint(),
  expires_at: column.time(),
})
