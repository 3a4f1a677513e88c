import { createHmac } from 'node:crypto'
import type { Context } from 'koa'
import type { User } from '../../../contract/index.ts'
import { readCookies } from '../../kernel/cookies.ts'
import { AppError } from '../../kernel/errors.ts'
import { isOwnOrigin } from '../../kernel/own-origin.ts'
import { isSameSecret } from '../../kernel/same-secret.ts'

export interface Known {
  person: User
  sessionId: string
  expiresAt: string
}

export type Authenticate = (token: string) => Promise<Known>

export interface CredentialRules {
  authenticate: Authenticate
  /** The account of a token of ours that has not expired, null of any other: nothing is looked up. */
  accountOf: (token: string) => number | null
  /** The session of a refresh token; null when there is none. */
  sessionOfRefreshToken: (token: string) => Promise<string | null>
  /** Origins, beside the server's own, whose pages may act with a person's cookies. */
  origins: readonly string[]
  /** Number of proxies in front that are believed. */
  trustProxy: number
  csrfKey: string
}

/** Bound to the session, so that a cookie set from a sibling domain is not one. */
export const csrfToken = (csrfKey: string, sessionId: string) =>
  createHmac('sha256', `csrf:${csrfKey}`).update(sessionId).digest('base64url')

/** The access token that a browser brings by itself. */
function cookieToken(ctx: Context): string | undefined {
  const { auth_token, access_token } = readCookies(ctx.headers.cookie)
  return auth_token || access_token
}

/** The account whose token a request shows, before anything is looked up: its session may have ended. */
export function shownAccount(ctx: Context, { accountOf }: CredentialRules): number | null {
  const header = ctx.get('Authorization')
  try {
    const token = header === '' ? cookieToken(ctx) : bearerToken(header)
    return token === undefined ? null : accountOf(token)
  } catch {
    // Cookies that can be read in two ways: whoever needs them refuses them.
    return null
  }
}

const bearerToken = (header: string) => /^Bearer ([^\s]+)$/i.exec(header)?.[1]

/**
 * Who makes a request. A Bearer token beats a cookie; a cookie alone is enough for reading, but a request that changes
 * something must also show that it comes from a page of ours.
 *
 * @throws AppError 401s of the accounts, `csrf_failed`
 */
export async function identify(ctx: Context, rules: CredentialRules): Promise<Known> {
  const header = ctx.get('Authorization')
  if (header !== '') {
    const token = bearerToken(header)
    if (!token) throw new AppError('unauthenticated', 'The Authorization header must be "Bearer <token>".')
    return rules.authenticate(token)
  }
  const cookie = cookieToken(ctx)
  if (!cookie) throw new AppError('unauthenticated', 'Sign in first.')
  const known = await rules.authenticate(cookie)
  if (isUnsafe(ctx)) await checkIntent(ctx, rules, async () => known.sessionId)
  return known
}

/**
 * Whether a page of ours asks for what a cookie would allow: the X-CSRF-Token header must be the token of the session
 * that the cookie belongs to. To compare it with the csrf_token cookie is not enough, because a sibling domain can set
 * that cookie, and a refresh cookie, too. A session that there is not gets the same answer as a wrong token.
 *
 * @throws AppError `csrf_failed`
 */
export async function checkIntent(
  ctx: Context,
  rules: CredentialRules,
  findSession: () => Promise<string | null>,
): Promise<void> {
  checkOrigin(ctx, rules)
  const given = ctx.get('X-CSRF-Token')
  const session = given === '' ? null : await findSession()
  const isRight = isSameSecret(given, csrfToken(rules.csrfKey, session ?? 'none'))
  if (session === null || !isRight) throw csrfFailed('The X-CSRF-Token header is missing or wrong.')
}

const isUnsafe = (ctx: Context) => !['GET', 'HEAD', 'OPTIONS'].includes(ctx.method)

function checkOrigin(ctx: Context, { origins, trustProxy }: CredentialRules) {
  const origin = ctx.get('Origin')
  if (origin !== '') {
    if (isOwnOrigin(origin, ctx.req, trustProxy, origins)) return
    throw csrfFailed('The request comes from a page of another origin.')
  }
  if (ctx.get('Sec-Fetch-Site') === 'cross-site') throw csrfFailed('The request comes from a page of another site.')
}

const csrfFailed = (message: string) => new AppError('csrf_failed', message)
