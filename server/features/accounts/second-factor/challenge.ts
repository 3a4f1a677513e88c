import type { Tokens, twoFactor, User } from '../../../../contract/index.ts'
import type { Command, Tx } from '../../../events/index.ts'
import type { Handlers } from '../../../kernel/bind.ts'
import { secondsFromNow } from '../../../kernel/clock.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { Sealer } from '../../../kernel/sealed.ts'
import type { Database } from '../../../ports/database.ts'
import { audit, type FrequentActs } from '../../audit/index.ts'
import { notifyOfSecurity } from '../../notifications/index.ts'
import { lockUser, noteSeen } from '../accounts.queries.ts'
import { accountDisabled } from '../authentication.ts'
import type { HashTurns } from '../hash-turns.ts'
import { hashToken, newSecretToken } from '../secret-tokens.ts'
import { nobody, type SessionOpening } from '../session-opening.ts'
import { checkCode, mostFailures, type Verdict } from './code-check.ts'
import {
  countGuess,
  deleteChallenge,
  findChallengeOwner,
  insertChallenge,
  lockChallenge,
} from './second-factor.queries.ts'

const challengeSeconds = 300

/** A sign-in that has shown the right password and waits for the code. */
export interface Challenges {
  /** @returns what names the sign-in; whoever has it needs a code and no password */
  begin(tx: Tx, user: User): Promise<string>
  signIn: Handlers<typeof twoFactor>['signIn']
}

/** @param challenge from `begin` */
export const secondFactorRequired = (challenge: string) =>
  new AppError('second_factor_required', 'Enter the code of your authenticator app.', {
    details: { challenge, expires_in: challengeSeconds },
  })

const unknownChallenge = () => new AppError('unauthenticated', 'This sign-in has expired: enter your password again.')
const tooManyGuesses = (retryAfter: number) =>
  new AppError('rate_limited', 'Too many wrong codes. Use a recovery code, or try again later.', { retryAfter })

export function createChallenges(deps: {
  database: Database
  command: Command
  sealer: Sealer
  sessions: SessionOpening
  hashTurns: HashTurns
  acts: Pick<FrequentActs, 'note'>
}): Challenges {
  const { database, command, sealer, sessions, hashTurns, acts } = deps

  return {
    async begin(tx, user) {
      const challenge = newSecretToken()
      await insertChallenge(tx, hashToken(challenge), user.id, secondsFromNow(challengeSeconds))
      return challenge
    },

    async signIn(scope, { challenge, code }) {
      const hash = hashToken(challenge)
      const userId = await findChallengeOwner(database, hash)
      if (userId === undefined) throw unknownChallenge()
      // A refusal is committed, because it counts; so it is not thrown in here.
      const outcome = await command(nobody, async (tx): Promise<Verdict | { is: 'in'; tokens: Tokens }> => {
        // The account is locked first, as everywhere.
        const user = await lockUser(tx, userId)
        const waiting = await lockChallenge(tx, hash, tx.now)
        if (!user || !waiting) throw unknownChallenge()
        if (!user.is_active) throw accountDisabled()
        if (waiting.guesses >= mostFailures) return { is: 'limited', retryAfter: challengeSeconds }
        const verdict = await checkCode(tx, sealer, userId, code)
        if (verdict.is === 'limited') return verdict
        if (verdict.is === 'wrong') {
          await countGuess(tx, hash)
          return verdict
        }
        await deleteChallenge(tx, hash)
        await noteSeen(tx, userId, tx.now)
        if (verdict.is === 'recovery_code') {
          const used = { action: 'user.recovery_code_used', resource: 'user', resourceId: userId }
          await audit(tx, { ...scope, person: user }, used)
          await notifyOfSecurity(tx, userId, 'Somebody signed in with one of your recovery codes.')
        }
        return { is: 'in', tokens: await sessions.open(tx, scope, user) }
      })
      if (outcome.is === 'in') {
        hashTurns.noteSignIn(outcome.tokens.user.email, scope.address)
        return outcome.tokens
      }
      acts.note(
        { ...scope, person: null },
        { action: 'session.refused', resource: 'user', resourceId: userId, details: { reason: 'wrong_second_factor' } },
      )
      if (outcome.is === 'limited') throw tooManyGuesses(outcome.retryAfter)
      throw new AppError('invalid_credentials', 'The code is wrong, or has been used.')
    },
  }
}
