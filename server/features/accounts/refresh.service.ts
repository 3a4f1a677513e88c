import type { accounts } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { AppError } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { accountDisabled, type Authentication, isIdle, sessionEnded } from './authentication.ts'
import { hashToken, isSecretToken, type TokenDeriver } from './secret-tokens.ts'
import {
  findSessionOfRefreshToken,
  insertRefreshToken,
  lockRefreshToken,
  spendRefreshToken,
} from './secrets.queries.ts'
import { nobody, recordEnded, type SessionOpening } from './session-opening.ts'
import { endSession } from './sessions.queries.ts'

interface Deps {
  command: Command
  sessions: SessionOpening
  forget: Authentication['forget']
  /**
   * Each gives the successor of a token, the same each time. The first one is used; a former JWT_SECRET, or an instance
   * that has another one still, has used a further one.
   */
  successorsOf: readonly [TokenDeriver, ...TokenDeriver[]]
  sessionIdleTimeout: number
}

/**
 * The grace period. Two tabs, or a client that did not get the answer, come within seconds; a thief mostly does not.
 */
const graceMs = 10_000

const unknownToken = () => new AppError('unauthenticated', 'The refresh token is missing or not valid: sign in again.')

/**
 * Each refresh token is good for one exchange (rotation, RFC 9700 section 4.14.2). When a spent token comes back after
 * the grace period, somebody has a copy. Nobody can tell who, so the session ends for both. The next token is derived
 * from the spent one and not random, so that it need not be stored in clear for callers within the grace period.
 */
export function createRefresh(deps: Deps): Handlers<typeof accounts>['refresh'] {
  const { command, sessions, forget, successorsOf, sessionIdleTimeout } = deps

  async function storedSuccessor(tx: Tx, token: string): Promise<string> {
    for (const successorOf of successorsOf.slice(1)) {
      const successor = successorOf(token)
      if ((await findSessionOfRefreshToken(tx, hashToken(successor))) !== null) return successor
    }
    return successorsOf[0](token)
  }

  return async (scope, { refresh_token: token }) => {
    if (token === undefined || !isSecretToken(token)) throw unknownToken()
    const hash = hashToken(token)
    const outcome = await command(nobody, async tx => {
      const found = await lockRefreshToken(tx, hash)
      if (!found) throw unknownToken()
      if (!found.is_active) throw accountDisabled()
      if (found.ended_at !== null || isIdle(found, tx.now, sessionIdleTimeout)) throw sessionEnded()
      if (found.expires_at <= tx.now) throw unknownToken()
      if (found.spent_at !== null && Date.parse(tx.now) - Date.parse(found.spent_at) > graceMs) {
        await endSession(tx, found.session_id, found.id, tx.now)
        recordEnded(tx, found.id, [found.session_id])
        const used = { action: 'session.token_reused', resource: 'session', resourceId: found.session_id }
        await audit(tx, { ...scope, person: null }, { ...used, details: { user_id: found.id } })
        // Not thrown in here, because that would roll back the end of the session.
        return { stolen: found.session_id }
      }
      const successor = found.spent_at === null ? successorsOf[0](token) : await storedSuccessor(tx, token)
      if (found.spent_at === null) {
        await Promise.all([
          spendRefreshToken(tx, hash, tx.now),
          insertRefreshToken(tx, hashToken(successor), found.session_id, tx.now),
        ])
      }
      return { tokens: await sessions.renew(tx, found, found.session_id, successor) }
    })
    if (outcome.tokens) return outcome.tokens
    forget({ session_id: outcome.stolen })
    throw sessionEnded()
  }
}
