import { createHmac } from 'node:crypto'
import type { Context } from 'koa'
import { tokenInCookies } from '../../kernel/cookies.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Known, KnownKey, KnownSession } from '../../kernel/known.ts'
import { isOwnOrigin } from '../../kernel/own-origin.ts'
import { isSameSecret } from '../../kernel/same-secret.ts'
import type { RequestState } from './request.ts'

export type { Known } from '../../kernel/known.ts'

export interface CredentialRules {
  authenticate: (token: string) => Promise<KnownSession>
  authenticateKey: (key: string) => Promise<KnownKey>
  /** The account of an API key that was authenticated before, null for any other; without a database query. */
  accountOfKey: (key: string) => number | null
  /** The account of an unexpired token that this server has signed, null for any other; without a database query. */
  accountOf: (token: string) => number | null
  /** The session of a refresh token; null when there is none. */
  sessionOfRefreshToken: (token: string) => Promise<string | null>
  /** Origins, in addition to the server's own, whose pages may act with a person's cookies. */
  origins: readonly string[]
  /** The number of trusted proxies in front. */
  trustProxy: number
  csrfKey: string
  /** The key before, while it is being changed. */
  previousCsrfKey?: string | undefined
}

/** The token is bound to the session, so a cookie that a sibling domain sets is not valid. */
export const csrfToken = (csrfKey: string, sessionId: string) =>
  createHmac('sha256', `csrf:${csrfKey}`).update(sessionId).digest('base64url')

/** The access token in the cookies of a browser. */
const cookieToken = (ctx: Context) => tokenInCookies(ctx.headers.cookie)

/** Whether a request has an API key, which takes precedence over a cookie. */
export const showsKey = (ctx: Context): boolean => ctx.get('X-API-Key') !== ''

/** Whether a request has an API key, a token or a cookie of ours, good or not. */
export const showsCredentials = (ctx: Context): boolean =>
  ctx.get('X-API-Key') !== '' || ctx.get('Authorization') !== '' || cookieToken(ctx) !== undefined

/** The account of the key or token that a request shows, before any query; its session may have ended. */
export function shownAccount(ctx: Context, rules: CredentialRules): number | null {
  const state = ctx.state as RequestState
  state.shownAccount ??= { id: readAccount(ctx, rules) }
  return state.shownAccount.id
}

function readAccount(ctx: Context, { accountOf, accountOfKey }: CredentialRules): number | null {
  const key = ctx.get('X-API-Key')
  if (key !== '') return accountOfKey(key)
  const header = ctx.get('Authorization')
  try {
    const token = header === '' ? cookieToken(ctx) : bearerToken(header)
    return token === undefined ? null : accountOf(token)
  } catch {
    // The cookies are ambiguous; code that needs them refuses them.
    return null
  }
}

const bearerToken = (header: string) => /^Bearer ([^\s]+)$/i.exec(header)?.[1]

/** A key in an address would be in the logs of every proxy. */
const inAddress = /^(?:x-)?api[-_]?key$/i

/**
 * Authenticates a request. An API key and a Bearer token take precedence over a cookie, and exclude each other: their
 * rights may differ. A cookie alone suffices for reading; a request that changes something must also prove that it comes
 * from a page of ours.
 *
 * @throws AppError 401s of the accounts, `csrf_failed`, `rate_limited`
 */
export async function identify(ctx: Context, rules: CredentialRules): Promise<Known> {
  const { spending } = ctx.state as RequestState
  const known = await authenticate(ctx, rules).catch(async (error: unknown) => {
    // Whoever tries out keys is counted at their address.
    await spending?.judge(null)
    throw error
  })
  await spending?.judge(known)
  return known
}

async function authenticate(ctx: Context, rules: CredentialRules): Promise<Known> {
  if (Object.keys(ctx.query).some(name => inAddress.test(name)))
    throw new AppError('unauthenticated', 'Send an API key in the header X-API-Key, never in an address.')
  const header = ctx.get('Authorization')
  const key = ctx.get('X-API-Key')
  if (key !== '') {
    if (header !== '') throw new AppError('unauthenticated', 'Send either X-API-Key or Authorization.')
    const known = await rules.authenticateKey(key)
    ctx.state['key'] = known.key
    return known
  }
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
 * Checks that a request with cookies comes from a page of ours: the X-CSRF-Token header must be the token of the
 * session to which the cookie belongs. Comparing it with the csrf_token cookie is not enough, because a sibling domain
 * can set that cookie, and a refresh cookie too. A session that does not exist gets the same answer as a wrong token.
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
  const { csrfKey, previousCsrfKey = csrfKey } = rules
  const isRight = [csrfKey, previousCsrfKey].some(key => isSameSecret(given, csrfToken(key, session ?? 'none')))
  if (session === null || !isRight) throw csrfFailed('The X-CSRF-Token header is missing or wrong.')
}

const isUnsafe = (ctx: Context) => !['GET', 'HEAD', 'OPTIONS'].includes(ctx.method)

function checkOrigin(ctx: Context, { origins, trustProxy }: CredentialRules) {
  const origin = ctx.get('Origin')
  if (origins.includes(origin)) return
  if (origin !== '' && !isOwnOrigin(origin, ctx.req, trustProxy, origins))
    throw csrfFailed('The request comes from a page of another origin.')
  // Also beside an origin that looks like our own.
  if (ctx.get('Sec-Fetch-Site') === 'cross-site') throw csrfFailed('The request comes from a page of another site.')
}

const csrfFailed = (message: string) => new AppError('csrf_failed', message)
