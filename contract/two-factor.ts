import { z } from 'zod'
import { Tokens } from './accounts.ts'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { instant, text } from './primitives.ts'

const code = z.string().min(1).max(40).describe('Six digits of the authenticator app')

const RecoveryCodes = z.object({
  recovery_codes: z.array(z.string()).describe('Shown once; each signs in once in place of a code'),
})

/** The second factor: a code of an authenticator app (RFC 6238) in addition to the password. */
export const twoFactor = defineResource({
  operations: {
    status: {
      summary: 'Whether the caller has a second factor',
      access: 'user',
      key: 'never',
      method: 'get',
      path: '/auth/totp',
      output: z.object({
        enabled: z.boolean(),
        enabled_at: instant.nullable(),
        recovery_codes_left: z.int(),
      }),
    },
    setup: {
      summary: 'Make a secret for an authenticator app; nothing changes until a code of it is confirmed',
      access: 'user',
      key: 'never',
      recent: true,
      method: 'post',
      path: '/auth/totp/setup',
      body: z.strictObject({}),
      output: z.object({
        secret: z.string().describe('In base32, for typing'),
        otpauth_url: z.string().describe('For a QR code'),
      }),
    },
    confirm: {
      summary: 'Turn the second factor on with the first code of the app; all other sessions end',
      access: 'user',
      key: 'never',
      recent: true,
      method: 'post',
      path: '/auth/totp/confirm',
      body: z.strictObject({ code }),
      output: RecoveryCodes,
    },
    remove: {
      summary: 'Turn the second factor off; an account without a password needs a recent sign-in instead of one',
      access: 'user',
      key: 'never',
      method: 'delete',
      path: '/auth/totp',
      body: z.strictObject({ password: text(limits.password).optional() }),
      errors: ['not_found', 'reauthentication_required'],
    },
    renewRecoveryCodes: {
      summary: 'Replace all recovery codes by new ones',
      access: 'user',
      key: 'never',
      recent: true,
      method: 'post',
      path: '/auth/totp/recovery-codes',
      body: z.strictObject({}),
      output: RecoveryCodes,
      errors: ['not_found'],
    },
    signIn: {
      summary: 'Finish a sign-in that was answered with `second_factor_required`',
      access: 'public',
      method: 'post',
      path: '/auth/login/second-factor',
      body: z.strictObject({
        challenge: z.string().max(200).describe('`details.challenge` of that answer'),
        code: code.describe('A code of the authenticator app, or a recovery code'),
      }),
      output: Tokens,
      errors: ['unauthenticated', 'invalid_credentials', 'account_disabled'],
    },
  },
})
