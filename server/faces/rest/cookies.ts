import type { Context } from 'koa'
import type { Tokens } from '../../../contract/index.ts'
import { csrfToken } from './credentials.ts'

export interface CookieRules {
  csrfKey: string
  refreshTokenTtl: number
  /** Only over TLS; by the public address, because a proxy may have ended TLS before us. */
  secure: boolean
}

/** Browsers keep the tokens where scripts cannot read them; only the CSRF token is for the page's eyes. */
export function setSessionCookies(ctx: Context, tokens: Tokens, sessionId: string, rules: CookieRules): void {
  const lasting = { maxAge: rules.refreshTokenTtl * 1000, secure: rules.secure, overwrite: true }
  ctx.cookies.secure = rules.secure // behind a proxy the connection itself does not tell
  ctx.cookies.set('auth_token', tokens.access_token, {
    ...lasting,
    httpOnly: true,
    sameSite: 'lax',
    path: ownPath(ctx),
  })
  ctx.cookies.set('refresh_token', tokens.refresh_token, {
    ...lasting,
    httpOnly: true,
    sameSite: 'strict',
    path: authPath(ctx),
  })
  ctx.cookies.set('csrf_token', csrfToken(rules.csrfKey, sessionId), {
    ...lasting,
    httpOnly: false,
    sameSite: 'lax',
    path: ownPath(ctx),
  })
}

export function clearSessionCookies(ctx: Context): void {
  for (const name of ['auth_token', 'access_token', 'csrf_token'])
    ctx.cookies.set(name, null, { path: ownPath(ctx), overwrite: true })
  ctx.cookies.set('refresh_token', null, { path: authPath(ctx), overwrite: true })
}

/** `/api/v1/auth` or `/api/auth`: the refresh token travels nowhere else. */
const authPath = (ctx: Context) => ctx.state.basePath + ctx.path.slice(0, ctx.path.indexOf('/auth') + '/auth'.length)

/** Whatever else is served on the same host does not get them. */
const ownPath = (ctx: Context) => `${ctx.state.basePath}/`
