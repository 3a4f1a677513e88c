import { randomUUID } from 'node:crypto'
import type { Tokens, User } from '../../../contract/index.ts'
import { system, type Tx } from '../../events/index.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import type { PublicScope } from '../../kernel/scope.ts'
import type { FrequentActs } from '../audit/index.ts'
import type { AccessTokens } from './access-tokens.ts'
import { presentUser } from './accounts.present.ts'
import { hashToken, newSecretToken } from './secret-tokens.ts'
import { insertRefreshToken } from './secrets.queries.ts'
import { extendSession, insertSession } from './sessions.queries.ts'

/** The issuer, the person there and the session there, and how this installation calls the issuer. */
export interface SignedInAt {
  provider: string
  issuer: string
  subject: string
  sid: string | null
}

export interface SessionOpening {
  /**
   * Opens a session for a person who has shown who they are.
   *
   * @param at where they have signed in instead of here
   */
  open(tx: Tx, scope: PublicScope, user: User, at?: SignedInAt): Promise<Tokens>
  /** Gives a session its next pair of tokens and its full lifetime again, up to the greatest age of a session. */
  renew(tx: Tx, user: User, sessionId: string, refreshToken: string): Promise<Tokens>
}

/** A longer one says nothing more about the device, and the client chooses it. */
const longestUserAgent = 500

/**
 * The scope for commands of callers who are not authenticated. Their answers contain tokens, so no idempotency key may
 * be in the scope: the answer would be kept.
 */
export const nobody = {}

export function createSessionOpening(deps: {
  acts: Pick<FrequentActs, 'add'>
  accessTokens: AccessTokens
  config: { accessTokenTtl: number; refreshTokenTtl: number; sessionMaxAge: number }
}): SessionOpening {
  const { accessTokenTtl, refreshTokenTtl, sessionMaxAge } = deps.config

  const tokensOf = (user: User, access: string, refresh: string): Tokens => ({
    access_token: access,
    refresh_token: refresh,
    token_type: 'Bearer',
    expires_in: accessTokenTtl,
    user: presentUser(user),
  })

  return {
    async open(tx, scope, user, at) {
      const id = randomUUID()
      const refreshToken = newSecretToken()
      const access = deps.accessTokens.sign(user.id, id)
      const session = {
        id,
        userId: user.id,
        address: scope.address,
        userAgent: scope.userAgent.slice(0, longestUserAgent),
        expiresAt: secondsFromNow(Math.min(refreshTokenTtl, sessionMaxAge)),
        accessExpiresAt: access.expiresAt,
        issuer: at?.issuer ?? null,
        issuerSubject: at?.subject ?? null,
        issuerSid: at?.sid ?? null,
      }
      await Promise.all([
        insertSession(tx, session, tx.now),
        insertRefreshToken(tx, hashToken(refreshToken), id, tx.now),
      ])
      const by = { ...scope, person: user }
      const details = at && { details: { provider: at.provider } }
      await deps.acts.add(tx, by, { action: 'session.opened', resource: 'session', resourceId: id, ...details })
      return tokensOf(user, access.token, refreshToken)
    },
    async renew(tx, user, sessionId, refreshToken) {
      const access = deps.accessTokens.sign(user.id, sessionId)
      const expiresAt = secondsFromNow(refreshTokenTtl)
      const ends = { expiresAt, maxAgeSeconds: sessionMaxAge, accessExpiresAt: access.expiresAt }
      await extendSession(tx, { id: sessionId, now: tx.now, ...ends })
      return tokensOf(user, access.token, refreshToken)
    },
  }
}

/** Tells every instance to close the sockets of these sessions. */
export function recordEnded(
  tx: Tx,
  userId: number,
  sessionIds: string[],
  reason: 'session_ended' | 'account_disabled' = 'session_ended',
): void {
  for (const sessionId of sessionIds) {
    tx.record('session_ended', { session_id: sessionId, user_id: userId, reason }, system)
  }
}
