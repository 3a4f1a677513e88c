import type { accounts } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { invalid } from '../../kernel/errors.ts'
import { audit, type FrequentActs } from '../audit/index.ts'
import { notifyOfSecurity } from '../notifications/index.ts'
import type { SignInLimits } from '../limits/index.ts'
import { findPasswordHash, replacePassword, setPassword } from './accounts.queries.ts'
import type { Authentication } from './authentication.ts'
import { checkNewPassword } from './password-policy.ts'
import type { HashTurns } from './hash-turns.ts'
import type { Passwords } from './passwords.ts'
import { hashToken } from './secret-tokens.ts'
import { deleteResetsOf, findReset, spendReset } from './secrets.queries.ts'
import { deleteChallengesOf } from './second-factor/second-factor.queries.ts'
import { nobody, recordEnded } from './session-opening.ts'
import { endSessionsOf } from './sessions.queries.ts'

interface Deps {
  database: Database
  command: Command
  passwords: Passwords
  hashTurns: HashTurns
  forget: Authentication['forget']
  acts: Pick<FrequentActs, 'note'>
  limits: SignInLimits | null
}

const wrongPassword = () => invalid({ current_password: 'is not the current password' })
/** Programs must not stop because a person changes their password; whoever was robbed must know that they go on. */
const keysStay = 'Your API keys go on working; revoke those that you do not trust.'

const unknownReset = () => invalid({ token: 'is not valid or has expired' })

/** Sets a new password, for a caller who knows the old one or has a token from an administrator. */
export function createPasswordChange(deps: Deps): Pick<Handlers<typeof accounts>, 'changePassword' | 'resetPassword'> {
  const { database, command, passwords, hashTurns, forget, acts, limits } = deps

  return {
    async changePassword(scope, { current_password, new_password }) {
      const { id, email } = scope.person
      checkNewPassword('new_password', new_password, scope.person)
      const attempt = await limits?.begin(email, scope.address, hashTurns.isReturning(email, scope.address))
      const checked = (await findPasswordHash(database, id)) ?? null
      const { right, passwordHash } = await hashTurns.ofAccount(id, async () => {
        const matches = await passwords.matches(checked, current_password)
        return { right: matches, passwordHash: matches ? await passwords.hash(new_password) : '' }
      })
      await command(scope, async tx => {
        // Checked in here, so that a call that is repeated with its idempotency key gets its answer before this check.
        // By then the old password is no longer the current one.
        if (checked === null || !right) {
          acts.note(scope, { action: 'user.password_change_refused', resource: 'user', resourceId: id })
          await attempt?.failed()
          throw wrongPassword()
        }
        if (!(await replacePassword(tx, id, checked, passwordHash))) throw wrongPassword()
        await Promise.all([endSessions(tx, id, scope.sessionId), deleteResetsOf(tx, id)])
        await audit(tx, scope, { action: 'user.password_changed', resource: 'user', resourceId: id })
        await notifyOfSecurity(tx, id, `Your password was changed. ${keysStay}`)
      })
      attempt?.takeBack()
      forget({ user_id: id })
    },

    async resetPassword(scope, { token, new_password }) {
      const hash = hashToken(token)
      const owner = await findReset(database, hash, new Date().toISOString())
      if (!owner) throw unknownReset()
      checkNewPassword('new_password', new_password, owner)
      const passwordHash = await hashTurns.ofAccount(owner.user_id, () => passwords.hash(new_password))
      await command(nobody, async tx => {
        // The account is locked first, as everywhere, so that two transactions never wait for each other.
        await setPassword(tx, owner.user_id, passwordHash)
        if (!(await spendReset(tx, hash, tx.now))) throw unknownReset()
        await Promise.all([endSessions(tx, owner.user_id), deleteResetsOf(tx, owner.user_id)])
        const set = { action: 'user.password_set', resource: 'user', resourceId: owner.user_id }
        await audit(tx, { ...scope, person: null }, set)
        await notifyOfSecurity(tx, owner.user_id, `Your password was set anew. ${keysStay}`)
      })
      forget({ user_id: owner.user_id })
    },
  }
}

/** Ends all sessions of an account, or all but one, and sign-ins that wait for a code. */
export async function endSessions(tx: Tx, userId: number, exceptId: string | null = null): Promise<void> {
  await deleteChallengesOf(tx, userId)
  recordEnded(tx, userId, await endSessionsOf(tx, userId, tx.now, exceptId))
}
