import type { accounts } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createBudgets } from '../../kernel/budgets.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Mail } from '../../ports/mail.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { PublicScope } from '../../kernel/scope.ts'
import { audit } from '../audit/index.ts'
import { findUserByEmail, lockUser } from './accounts.queries.ts'
import { forgottenEmail } from './reset-email.ts'
import { hashToken, newSecretToken, resetTokenSeconds } from './secret-tokens.ts'
import { insertReset, newestResetEnds } from './secrets.queries.ts'
import { nobody } from './session-opening.ts'

interface Deps {
  database: Database
  command: Command
  mail: Mail
  log: Logger
  registration: 'open' | 'closed'
  publicUrl: string | undefined
}

/** The limit per address; an office may share one. */
const pace = { perSecond: 1 / 10, atOnce: 20 }
/** The shortest interval between two e-mails to one account, however many requests there are. */
const emailEverySeconds = 300
/**
 * The bounds for look-ups. The answer does not wait for them, because the duration would reveal whether the account
 * exists.
 */
const lookingUp = { running: 1, perKey: 1, waiting: 1_000, waitingPerKey: 100 }

/** Sends an e-mail to a person who has forgotten the password. The answer says nothing about accounts. */
export function createForgotten(deps: Deps): Pick<Handlers<typeof accounts>, 'forgotPassword' | 'options'> {
  const { database, command, mail, log, publicUrl } = deps
  const budgets = createBudgets<string>(pace)
  const turns = createTurns(lookingUp)

  /**
   * Earlier tokens stay valid: a stranger's request must not invalidate the token that the person has just received.
   */
  async function write(scope: PublicScope, email: string) {
    const user = await findUserByEmail(database, email)
    if (!user?.is_active) return
    const token = newSecretToken()
    const isNew = await command(nobody, async tx => {
      await lockUser(tx, user.id)
      const ends = await newestResetEnds(tx, user.id)
      const sinceLastMs = ends === null ? Infinity : Date.now() + 1_000 * resetTokenSeconds - Date.parse(ends)
      if (sinceLastMs < 1_000 * emailEverySeconds) return false
      await insertReset(tx, hashToken(token), user.id, secondsFromNow(resetTokenSeconds))
      const asked = { action: 'user.password_forgotten', resource: 'user', resourceId: user.id }
      await audit(tx, { ...scope, person: null }, asked)
      return true
    })
    if (isNew) mail.send(forgottenEmail(user.email, token, publicUrl))
  }

  return {
    options: () => Promise.resolve({ registration: deps.registration, mail: mail.isSent }),

    forgotPassword(scope, { email }) {
      const { address } = scope
      const key = addressKey(address)
      if (!budgets.take(key))
        throw new AppError('rate_limited', 'Too many requests from this address; try again later.', {
          retryAfter: Math.ceil(1 / pace.perSecond),
        })
      if (mail.isSent)
        turns.run(key, () => write(scope, email)).catch(error => log.warn({ err: error }, 'no e-mail was written'))
      return Promise.resolve({ mail: mail.isSent })
    },
  }
}
