import type { twoFactor } from '../../../../contract/index.ts'
import { type Command, system, type Tx } from '../../../events/index.ts'
import type { Handlers } from '../../../kernel/bind.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import type { Sealer } from '../../../kernel/sealed.ts'
import type { Database } from '../../../ports/database.ts'
import { type Actor, audit } from '../../audit/index.ts'
import { notifyOfSecurity } from '../../notifications/index.ts'
import { lockUser } from '../accounts.queries.ts'
import type { Authentication } from '../authentication.ts'
import type { PasswordCheck } from '../password-check.ts'
import { endSessions } from '../password.service.ts'
import { nobody } from '../session-opening.ts'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'
import {
  confirmFactor,
  countRecoveryCodes,
  deleteFactor,
  findFactor,
  lockFactor,
  offerFactor,
  replaceRecoveryCodes,
} from './second-factor.queries.ts'
import { newTotpSecret, otpauthUrl, stepOf } from './totp.ts'

interface Deps {
  database: Database
  command: Command
  sealer: Sealer
  checkPassword: PasswordCheck
  forget: Authentication['forget']
}

const wrongCode = () => invalid({ code: 'is not the present code of the app' })

/**
 * Turning the second factor on and off. The commands run without the idempotency key of the caller, because a kept
 * answer would keep the secret or the recovery codes.
 */
export function createTwoFactor(deps: Deps): Omit<Handlers<typeof twoFactor>, 'signIn'> {
  const { database, command, sealer, forget } = deps

  return {
    async status({ person }) {
      const factor = await findFactor(database, person.id)
      const enabled_at = factor?.confirmed_at ?? null
      const recovery_codes_left = enabled_at === null ? 0 : await countRecoveryCodes(database, person.id)
      return { enabled: enabled_at !== null, enabled_at, recovery_codes_left }
    },

    async setup({ person }) {
      const secret = newTotpSecret()
      const isOffered = await command(nobody, tx => offerFactor(tx, person.id, sealer.seal(secret), tx.now))
      if (!isOffered) throw conflict('The second factor is on. Turn it off before you set up another app.')
      return { secret, otpauth_url: otpauthUrl(secret, person.email) }
    },

    async confirm(scope, { code }) {
      const { id } = scope.person
      const recovery_codes = newRecoveryCodes()
      await command(nobody, async tx => {
        await lockUser(tx, id)
        const factor = await lockFactor(tx, id)
        if (!factor) throw conflict('There is no secret to confirm: ask for one first.')
        if (factor.confirmed_at !== null) throw conflict('The second factor is on already.')
        const secret = sealer.open(factor.secret)
        const step = secret === null ? null : stepOf(secret, code.replace(/\s/g, ''), Date.parse(tx.now))
        if (step === null) throw wrongCode()
        await confirmFactor(tx, id, step, tx.now)
        await replaceRecoveryCodes(tx, id, recovery_codes.map(hashRecoveryCode), tx.now)
        tx.record('account_changed', { user_id: id, role_changed: false }, system)
        await endSessions(tx, id, scope.sessionId)
        await audit(tx, scope, { action: 'user.two_factor_enabled', resource: 'user', resourceId: id })
        await notifyOfSecurity(tx, id, 'Two-factor sign-in was turned on.')
      })
      forget({ user_id: id })
      return { recovery_codes }
    },

    async remove(scope, { password }) {
      const { id } = scope.person
      await deps.checkPassword(scope, password, 'user.two_factor_refused')
      await command(scope, async tx => {
        if ((await removeFactor(tx, scope, id, 'user.two_factor_disabled')) === null) throw notFound()
      })
      forget({ user_id: id })
    },

    async renewRecoveryCodes(scope) {
      const { id } = scope.person
      const recovery_codes = newRecoveryCodes()
      await command(nobody, async tx => {
        const factor = await lockFactor(tx, id)
        if (!factor || factor.confirmed_at === null) throw notFound()
        await replaceRecoveryCodes(tx, id, recovery_codes.map(hashRecoveryCode), tx.now)
        await audit(tx, scope, { action: 'user.recovery_codes_renewed', resource: 'user', resourceId: id })
        await notifyOfSecurity(tx, id, 'New recovery codes were made; the former ones work no more.')
      })
      return { recovery_codes }
    },
  }
}

/**
 * Takes the second factor from an account. Sessions stay; whoever does it for somebody else ends them.
 *
 * @param action for the audit log
 * @returns what was removed: a factor that was on, or a secret that was never confirmed; null when there was neither
 */
export async function removeFactor(
  tx: Tx,
  by: NonNullable<Actor>,
  userId: number,
  action: string,
): Promise<'on' | 'offered' | null> {
  const user = await lockUser(tx, userId)
  const removed = user ? await deleteFactor(tx, userId) : null
  if (removed !== 'on') return removed
  tx.record('account_changed', { user_id: userId, role_changed: false }, system)
  await audit(tx, by, { action, resource: 'user', resourceId: userId })
  const message = 'Two-factor sign-in was turned off'
  const isOwn = action === 'user.two_factor_disabled'
  await notifyOfSecurity(tx, userId, isOwn ? `${message}.` : `${message} by an administrator.`)
  return removed
}
