import jwt from 'jsonwebtoken'
import { createHmac, createSecretKey, type KeyObject, randomUUID } from 'node:crypto'
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

/** Names a key in the header of a token, and tells nothing about the secret. */
const keyIdOf = (secret: string) =>
  createHmac('sha256', secret).update('taskwire key id').digest('base64url').slice(0, 8)

/**
 * Short-lived JWTs that name the account and the session, and nothing that can change meanwhile; rights are read from
 * the database.
 *
 * @param secrets the first one signs; a token that any of them has signed is good, so a secret can be changed without
 *   signing anybody out
 * @param remembered the number of verified tokens to cache: verifying signature and claims costs more than anything
 *   else in a request
 */
export function createAccessTokens(
  secrets: string | readonly [string, ...string[]],
  ttlSeconds: number,
  remembered = 10_000,
): AccessTokens {
  const list = typeof secrets === 'string' ? ([secrets] as const) : secrets
  const keys = new Map(list.map(secret => [keyIdOf(secret), createSecretKey(Buffer.from(secret))]))
  const keyid = keyIdOf(list[0])
  const key = keys.get(keyid)!
  const longestSeconds = Math.max(ttlSeconds, 0)
  const verified = createLru<string, AccessClaims>(remembered)

  /** Tokens of the release before do not name their key. */
  function keysFor(token: string): KeyObject[] {
    const named = jwt.decode(token, { complete: true })?.header.kid
    if (named === undefined) return [...keys.values()]
    const found = keys.get(named)
    return found ? [found] : []
  }

  function check(token: string): AccessClaims {
    if (token.length > longestToken) throw unacceptable()
    try {
      // The expiry is checked separately, so that an expired token that is also invalid otherwise is not reported as
      // expired.
      const options = { algorithms: ['HS256' as const], issuer, audience, clockTolerance: toleranceSeconds }
      const payload = Payload.parse(verifyWith(keysFor(token), token, { ...options, ignoreExpiration: true }))
      if (payload.iat > Date.now() / 1000 + toleranceSeconds) throw new Error('issued in the future')
      // A token is never good for longer than one that is issued now, whatever it says.
      return { userId: payload.sub, sessionId: payload.sid, exp: Math.min(payload.exp, payload.iat + longestSeconds) }
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
      return { token: jwt.sign(claims, key, { algorithm: 'HS256', keyid }), expiresAt: expiryOf({ exp }) }
    },
    verify(token) {
      const known = verified.get(token)
      const claims = known ?? check(token)
      if (Date.now() / 1000 >= claims.exp + toleranceSeconds) {
        verified.delete(token)
        throw new AppError('token_expired', 'The access token has expired: refresh it.')
      }
      if (!known) verified.set(token, claims)
      return claims
    },
  }
}

function verifyWith(keys: readonly KeyObject[], token: string, options: jwt.VerifyOptions) {
  let refusal: unknown = new Error('signed with an unknown key')
  for (const key of keys) {
    try {
      return jwt.verify(token, key, options)
    } catch (error) {
      refusal = error
    }
  }
  throw refusal
}

/** As an ISO string. */
export const expiryOf = ({ exp }: Pick<AccessClaims, 'exp'>) => new Date(exp * 1000).toISOString()
