import type { accounts, Tokens } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { AppError, forbidden } from '../../kernel/errors.ts'
import { audit, type FrequentActs } from '../audit/index.ts'
import type { SignInLimits } from '../limits/index.ts'
import { admitUser, findUserByEmail, insertUser } from './accounts.queries.ts'
import { accountDisabled } from './authentication.ts'
import { checkNewPassword } from './password-policy.ts'
import type { HashTurns } from './hash-turns.ts'
import type { Passwords } from './passwords.ts'
import { type Challenges, secondFactorRequired } from './second-factor/index.ts'
import { nobody, type SessionOpening } from './session-opening.ts'
import { explainTaken, takenConflict } from './taken.ts'

interface Deps {
  database: Database
  command: Command
  passwords: Passwords
  hashTurns: HashTurns
  sessions: SessionOpening
  challenges: Pick<Challenges, 'begin'>
  acts: FrequentActs
  limits: SignInLimits | null
  registration: 'open' | 'closed'
}

/** The tokens, or what names a sign-in that needs a code. */
type SignedIn = { tokens: Tokens } | { challenge: string }

/** The same error for a wrong password and an unknown e-mail. */
const invalidCredentials = () => new AppError('invalid_credentials', 'The e-mail or the password is wrong.')

/** The two ways to a session: a new account, and a password. */
export function createSignIn(deps: Deps): Pick<Handlers<typeof accounts>, 'register' | 'login'> {
  const { database, command, passwords, hashTurns, sessions, challenges, acts, limits } = deps

  return {
    async register(scope, { email, username, password, name = username }) {
      if (deps.registration === 'closed')
        throw forbidden('Registration is closed; ask an administrator for an account.')
      checkNewPassword('password', password, { email, username })
      // Already in the turn, because the check for taken names uses a connection to the database.
      const tokens = await hashTurns.ofStranger(scope.address, async () => {
        const taken = await takenConflict(database, { email, username })
        if (taken) throw taken
        const passwordHash = await passwords.hash(password)
        return explainTaken(database, { email, username }, () =>
          command(nobody, async tx => {
            const newUser = { email, username, name, passwordHash, role: 'user' as const, isVerified: false }
            const user = await insertUser(tx, newUser, tx.now)
            const by = { ...scope, person: user }
            await audit(tx, by, { action: 'user.registered', resource: 'user', resourceId: user.id })
            return sessions.open(tx, scope, user)
          }),
        )
      })
      hashTurns.noteSignIn(email, scope.address)
      return tokens
    },

    async login(scope, { email, password }) {
      const attempt = await limits?.begin(email, scope.address, hashTurns.isReturning(email, scope.address))
      if (attempt) scope.noteLimit?.(attempt.standing)
      let isRefused = false
      const refused = (reason: string, userId: number | null) => {
        isRefused = true
        acts.note(
          { ...scope, person: null },
          { action: 'session.refused', resource: 'user', resourceId: userId, details: { reason } },
        )
      }
      // Null means that the account changed while its password was checked. It may only have been hashed again, so
      // check once more.
      const signIn = async (): Promise<SignedIn | null> => {
        const user = await findUserByEmail(database, email)
        const right = await passwords.matches(user?.password_hash ?? null, password)
        if (!user || !right) {
          refused(user ? 'wrong_password' : 'unknown_account', user?.id ?? null)
          await attempt?.failed()
          throw invalidCredentials()
        }
        if (!user.is_active) {
          refused('account_disabled', user.id)
          throw accountDisabled()
        }
        const checked = user.password_hash
        const passwordHash = passwords.isOutdated(checked) ? await passwords.hash(password) : checked
        return command(nobody, async tx => {
          const admitted = await admitUser(tx, { id: user.id, checked, passwordHash, now: tx.now })
          if (!admitted) return null
          if (admitted.two_factor) return { challenge: await challenges.begin(tx, admitted) }
          return { tokens: await sessions.open(tx, scope, admitted) }
        })
      }
      const signedIn = await hashTurns
        .signingIn(email, scope.address, async () => (await signIn()) ?? (await signIn()))
        .finally(() => {
          if (!isRefused) attempt?.takeBack()
        })
      if (!signedIn) throw invalidCredentials()
      if ('challenge' in signedIn) throw secondFactorRequired(signedIn.challenge)
      hashTurns.noteSignIn(email, scope.address)
      return signedIn.tokens
    },
  }
}
