import jwt from 'jsonwebtoken'
import { createSecretKey, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { createLru } from '../../kernel/lru.ts'

export interface AccessTokens {
  sign(userId: number, sessionId: string): { token: string; expiresAt: string }
  /** @throws AppError `unauthenticated`, `token_expired` */
  verify(token: string): AccessClaims
}

export interface AccessClaims {
  userId: number
  sessionId: string
  /** Seconds since 1970. */
  exp: number
}

const issuer = 'taskwire'
const audience = 'taskwire'
/** Our tokens have about 400 characters. A much longer one is not even hashed. */
const longestToken = 4_096
/** The clocks of instances may differ by seconds. */
const toleranceSeconds = 5

const Payload = z.object({
  typ: z.literal('access'),
  sub: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/)
    .transform(Number),
  sid: z.uuid(),
  iat: z.int(),
  exp: z.int(),
  jti: z.string(),
})

const unacceptable = (cause?: unknown) => new AppError('unauthenticated', 'The access token is not valid.', { cause })

/**
 * Short-lived JWTs that name the account and the session, and nothing that can change meanwhile; rights are read from
 * the database.
 *
 * @param remembered the number of verified tokens to cache: verifying signature and claims costs more than anything
 *   else in a request
 */
export function createAccessTokens(jwtSecret: string, ttlSeconds: number, remembered = 10_000): AccessTokens {
  const key = createSecretKey(Buffer.from(jwtSecret))
  const verified = createLru<string, AccessClaims>(remembered)

  function check(token: string): AccessClaims {
    if (token.length > longestToken) throw unacceptable()
    try {
      // The expiry is checked separately, so that an expired token that is also invalid otherwise is not reported as
      // expired.
      const options = { algorithms: ['HS256' as const], issuer, audience, clockTolerance: toleranceSeconds }
      const payload = Payload.parse(jwt.verify(token, key, { ...options, ignoreExpiration: true }))
      return { userId: payload.sub, sessionId: payload.sid, exp: payload.exp }
    } catch (error) {
      throw unacceptable(error)
    }
  }

  return {
    sign(userId, sessionId) {
      const iat = Math.floor(Date.now() / 1000)
      const exp = iat + ttlSeconds
      const claims = {
        typ: 'access',
        iss: issuer,
        aud: audience,
        sub: String(userId),
        sid: sessionId,
        iat,
        exp,
        jti: randomUUID(),
      }
      return { token: jwt.sign(claims, key, { algorithm: 'HS256' }), expiresAt: expiryOf({ exp }) }
    },
    verify(token) {
      const claims = verified.get(token) ?? check(token)
      if (Date.now() / 1000 >= claims.exp + toleranceSeconds) {
        verified.delete(token)
        throw new AppError('token_expired', 'The access token has expired: refresh it.')
      }
      verified.set(token, claims)
      return claims
    },
  }
}

/** As an ISO string. */
export const expiryOf = ({ exp }: Pick<AccessClaims, 'exp'>) => new Date(exp * 1000).toISOString()
