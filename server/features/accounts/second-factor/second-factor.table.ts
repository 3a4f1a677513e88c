import { column, defineTable } from '../../../ports/table.ts'

export const totpFactorsTable = defineTable('totp_factors', {
  user_id: column.bigint().primary(),
  /** Encrypted, because the server has to compute codes of it. */
  secret: column.bytes(),
  created_at: column.time(),
  /** Null until the first code has shown that the app knows the secret. */
  confirmed_at: column.time().strictNullable(),
  /** The time step of the last code that was accepted. */
  last_step: column.bigint(),
  /** Wrong codes since `failing_since`. */
  failures: column.integer(),
  failing_since: column.time().strictNullable(),
})

export const recoveryCodesTable = defineTable('recovery_codes', {
  hash: column.bytes().primary(),
  user_id: column.bigint(),
  created_at: column.time(),
  used_at: column.time().strictNullable(),
})

/** Sign-ins whose password was right and that wait for the second factor. */
export const signInChallengesTable = defineTable('sign_in_challenges', {
  hash: column.bytes().primary(),
  user_id: column.bigint(),
  expires_at: column.time(),
  guesses: column.integer(),
})
