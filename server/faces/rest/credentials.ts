import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import type { User } from '../../../contract/index.ts'
import { AppError } from '../../kernel/errors.ts'

export interface Known {
  person: User
  sessionId: string
  expiresAt: string
}

export type Authenticate = (token: string) => Promise<Known>

export interface CredentialRules {
  authenticate: Authenticate
  /** Origins, beside the server's own, whose pages may act with a person's cookies. */
  origins: readonly string[]
  csrfKey: string
}

/** Bound to the session, so that a cookie set from a sibling domain is not one. */
export const csrfToken = (csrfKey: string, sessionId: string) =>
  createHmac('sha256', `csrf:${csrfKey}`).update(sessionId).digest('base64url')

/** The access token that a browser brings by itself. */
export const cookieToken = (ctx: Context) => ctx.cookies.get('auth_token') ?? ctx.cookies.get('access_token')

/**
 * Who makes a request. A Bearer token beats a cookie; a cookie alone is enough for reading, but a request that changes
 * something must also show that it comes from a page of ours.
 *
 * @throws AppError 401s of the accounts, `csrf_failed`
 */
export async function identify(ctx: Context, rules: CredentialRules): Promise<Known> {
  const header = ctx.get('Authorization')
  if (header !== '') {
    const [, token] = /^Bearer ([^\s]+)$/i.exec(header) ?? []
    if (!token) throw new AppError('unauthenticated', 'The Authorization header must be "Bearer <token>".')
    return rules.authenticate(token)
  }
  const cookie = cookieToken(ctx)
  if (!cookie) throw new AppError('unauthenticated', 'Sign in first.')
  const known = await rules.authenticate(cookie)
  if (isUnsafe(ctx)) {
    checkOrigin(ctx, rules.origins)
    if (!same(ctx.get('X-CSRF-Token'), csrfToken(rules.csrfKey, known.sessionId)))
      throw csrfFailed('The X-CSRF-Token header is missing or wrong.')
  }
  return known
}

/**
 * For the refresh cookie, which outlives the access token that names the session: the header must repeat the cookie.
 *
 * @throws AppError `csrf_failed`
 */
export function checkDoubleSubmit(ctx: Context, origins: readonly string[]): void {
  checkOrigin(ctx, origins)
  const cookie = ctx.cookies.get('csrf_token')
  if (!cookie || !same(ctx.get('X-CSRF-Token'), cookie))
    throw csrfFailed('The X-CSRF-Token header is missing or wrong.')
}

export const isUnsafe = (ctx: Context) => !['GET', 'HEAD', 'OPTIONS'].includes(ctx.method)

function checkOrigin(ctx: Context, origins: readonly string[]) {
  const origin = ctx.get('Origin')
  if (origin !== '') {
    if (origins.includes(origin) || hostOf(origin) === ctx.host) return
    throw csrfFailed('The request comes from a page of another origin.')
  }
  if (ctx.get('Sec-Fetch-Site') === 'cross-site') throw csrfFailed('The request comes from a page of another site.')
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : null)

const csrfFailed = (message: string) => new AppError('csrf_failed', message)

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
