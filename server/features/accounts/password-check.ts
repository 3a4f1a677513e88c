import { invalid } from '../../kernel/errors.ts'
import { recentlySignedIn } from '../../kernel/can.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Database } from '../../ports/database.ts'
import type { FrequentActs } from '../audit/index.ts'
import type { SignInLimits } from '../limits/index.ts'
import { findPasswordHash } from './accounts.queries.ts'
import type { HashTurns } from './hash-turns.ts'
import type { Passwords } from './passwords.ts'

/**
 * Checks the password of a signed-in caller, in the turns of signing in. An account without a password (its person
 * signs in elsewhere) must have signed in lately instead.
 *
 * @param refused the act in the audit log when the password is wrong
 * @returns the hash that it was checked against
 * @throws AppError `validation_error` on `password`, `reauthentication_required`, `rate_limited`
 */
export type PasswordCheck = (scope: Scope, password: string | undefined, refused: string) => Promise<string>

export const wrongPassword = () => invalid({ password: 'is not the current password' })

/** What is stored in place of a hash for an account without a password. */
export const noPassword = ''

/** Whether anybody can sign in with a password. */
export const hasPassword = (passwordHash: string): boolean => passwordHash.startsWith('$argon2')

export function createPasswordCheck(deps: {
  database: Database
  passwords: Passwords
  hashTurns: HashTurns
  acts: Pick<FrequentActs, 'note'>
  limits: SignInLimits | null
}): PasswordCheck {
  const { database, passwords, hashTurns, acts, limits } = deps
  return async (scope, password, refused) => {
    const { id } = scope.person
    const stored = await findPasswordHash(database, id)
    if (stored !== undefined && !hasPassword(stored)) {
      recentlySignedIn(scope)
      return stored
    }
    if (password === undefined) throw invalid({ password: 'is required' })
    // Whoever has stolen a session guesses no faster than anybody else.
    const { email } = scope.person
    const attempt = await limits?.begin(email, scope.address, hashTurns.isReturning(email, scope.address))
    const isRight = await hashTurns.ofAccount(id, () => passwords.matches(stored ?? null, password))
    if (stored === undefined || !isRight) {
      acts.note(scope, { action: refused, resource: 'user', resourceId: id })
      await attempt?.failed()
      throw wrongPassword()
    }
    attempt?.takeBack()
    return stored
  }
}
