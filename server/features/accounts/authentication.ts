import type { User } from '../../../contract/index.ts'
import type { Database } from '../../ports/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CountLookUp } from '../../kernel/cache-metrics.ts'
import type { Kept } from '../../ports/cache.ts'
import type { Logger } from '../../kernel/logger.ts'
import { type AccessTokens, expiryOf } from './access-tokens.ts'
import { presentUser } from './accounts.present.ts'
import { createNoteActivity } from './activity.ts'
import { hashToken, isSecretToken } from './secret-tokens.ts'
import { findSessionOfRefreshToken } from './secrets.queries.ts'
import { createSessionStates, type SessionStates } from './session-states.ts'
import { findSessionOwner, findSessionOwners, type SessionTimes } from './sessions.queries.ts'

export interface Authentication {
  /**
   * Authenticates an access token. `expiresAt` is the expiry of the token; `authenticatedAt` is when the person last
   * signed in or showed their password in this session.
   *
   * @throws AppError in this order: `unauthenticated`, `token_expired`, `account_disabled`, `session_ended`
   */
  authenticate(token: string): Promise<{ person: User; sessionId: string; expiresAt: string; authenticatedAt: string }>
  /** The account of an unexpired access token that this server has signed, null for any other; without a query. */
  accountOf(token: string): number | null
  /** Whether this server has signed an access token, which may have expired. */
  isOurs(token: string): boolean
  /**
   * Whether an authenticated session may continue, and until when: `expiresAt` is that of its newest token.
   *
   * @throws AppError `account_disabled`, `session_ended`, `token_expired`
   */
  sessionAccess(sessionId: string): Promise<{ person: User; expiresAt: string }>
  /** The same for many sessions at once, without an error, and read from the database. */
  sessionStandings(sessionIds: readonly string[]): Promise<Map<string, SessionStanding>>
  /** The session that a refresh token was issued to; null when there is none. The token is not spent. */
  sessionOfRefreshToken(token: string): Promise<string | null>
  /** Drops what is cached about a session, or about all sessions of an account. */
  forget: SessionStates['forget']
  /** What is cached about sessions, to be dropped as a whole. */
  keptSessions: Kept
}

/** Whether a session may continue, and in which role. */
export type SessionStanding = { role: User['role'] } | { over: 'session_ended' | 'account_disabled' }

export const accountDisabled = () => new AppError('account_disabled', 'The account has been disabled.')
export const sessionEnded = () => new AppError('session_ended', 'The session has ended: sign in again.')

/** Whether a session may be used at `now`, an ISO string. ISO strings of UTC sort like the times they name. */
export function isLive(session: SessionTimes, now: string, idleTimeout: number): boolean {
  return session.ended_at === null && session.expires_at > now && !isIdle(session, now, idleTimeout)
}

export const isIdle = (session: SessionTimes, now: string, idleTimeout: number) =>
  Date.parse(now) - Date.parse(session.last_active_at) >= idleTimeout * 1000

export function createAuthentication(deps: {
  database: Database
  accessTokens: AccessTokens
  sessionIdleTimeout: number
  log: Logger
  /** Drops what is cached about an account elsewhere: with its API keys. */
  alsoForget?: ((event: { user_id?: number }) => void) | undefined
  countLookUp?: CountLookUp | undefined
}): Authentication {
  const { database, accessTokens, sessionIdleTimeout } = deps
  const states = createSessionStates(database, deps.countLookUp)
  const noteActivity = createNoteActivity(deps)

  return {
    async authenticate(token) {
      const claims = accessTokens.verify(token)
      const access = await states.find(claims.sessionId, claims.userId)
      if (access && !access.person.is_active) throw accountDisabled()
      const now = new Date().toISOString()
      if (!access?.session || !isLive(access.session, now, sessionIdleTimeout)) throw sessionEnded()
      noteActivity(claims.sessionId, access)
      const { authenticated_at: authenticatedAt } = access.session
      return { person: access.person, sessionId: claims.sessionId, expiresAt: expiryOf(claims), authenticatedAt }
    },
    isOurs(token) {
      try {
        return accessTokens.verify(token).userId > 0
      } catch (error) {
        return error instanceof AppError && error.code === 'token_expired'
      }
    },
    accountOf(token) {
      try {
        return accessTokens.verify(token).userId
      } catch {
        return null
      }
    },
    async sessionAccess(sessionId) {
      const found = await findSessionOwner(database, sessionId)
      if (!found) throw sessionEnded()
      if (!found.is_active) throw accountDisabled()
      const now = new Date().toISOString()
      if (!isLive(found, now, sessionIdleTimeout)) throw sessionEnded()
      if (found.access_expires_at <= now)
        throw new AppError('token_expired', 'The access token has expired: refresh it.')
      return { person: presentUser(found), expiresAt: found.access_expires_at }
    },
    async sessionStandings(sessionIds) {
      const now = new Date().toISOString()
      const found = await findSessionOwners(database, sessionIds)
      const standings = new Map<string, SessionStanding>(sessionIds.map(id => [id, { over: 'session_ended' }]))
      for (const { session_id, role, is_active, ...session } of found) {
        if (!is_active) standings.set(session_id, { over: 'account_disabled' })
        else if (isLive(session, now, sessionIdleTimeout)) standings.set(session_id, { role })
      }
      return standings
    },
    sessionOfRefreshToken: async token =>
      isSecretToken(token) ? findSessionOfRefreshToken(database, hashToken(token)) : null,
    forget(event) {
      states.forget(event)
      deps.alsoForget?.(event)
    },
    keptSessions: states.kept,
  }
}
