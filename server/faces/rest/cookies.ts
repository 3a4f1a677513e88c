import type { Context } from 'koa'
import type { Tokens } from '../../../contract/index.ts'
import { type CookieScope, hostCookie, setCookie } from '../../kernel/cookies.ts'
import { csrfToken } from './credentials.ts'

export interface CookieRules {
  csrfKey: string
  refreshTokenTtl: number
  /**
   * Whether cookies are sent over TLS only. It follows the public URL, because a proxy may end TLS in front of the
   * server.
   */
  secure: boolean
}

/** Browsers keep the tokens where scripts cannot read them; only the page reads the CSRF token. */
export function setSessionCookies(ctx: Context, tokens: Tokens, sessionId: string, rules: CookieRules): void {
  const { refreshTokenTtl } = rules
  const { hidden, readable, refreshing, isHostOnly } = scopesOf(ctx, rules)
  ctx.append('Set-Cookie', [
    setCookie(isHostOnly ? hostCookie : 'auth_token', tokens.access_token, refreshTokenTtl, hidden),
    // From before, or from a sibling domain.
    ...(isHostOnly ? [setCookie('auth_token', '', 0, hidden)] : []),
    setCookie('refresh_token', tokens.refresh_token, refreshTokenTtl, refreshing),
    setCookie('csrf_token', csrfToken(rules.csrfKey, sessionId), refreshTokenTtl, readable),
  ])
}

export function clearSessionCookies(ctx: Context, rules: CookieRules): void {
  const { hidden, readable, refreshing, isHostOnly } = scopesOf(ctx, rules)
  ctx.append('Set-Cookie', [
    ...(isHostOnly ? [setCookie(hostCookie, '', 0, hidden)] : []),
    setCookie('auth_token', '', 0, hidden),
    setCookie('access_token', '', 0, hidden),
    setCookie('csrf_token', '', 0, readable),
    setCookie('refresh_token', '', 0, refreshing),
  ])
}

/** Whether browsers take a cookie that no sibling domain can set. */
export const isHostOnly = (basePath: string, { secure }: Pick<CookieRules, 'secure'>): boolean =>
  secure && basePath === ''

/** The refresh token is sent to `/api/v1/auth` or `/api/auth` only, not to other programs on the same host. */
function scopesOf({ path, state }: Context, { secure }: CookieRules) {
  const { basePath } = state as { basePath: string }
  const hidden: CookieScope = { path: `${basePath}/`, secure, httpOnly: true, sameSite: 'lax' }
  const auth = `${basePath}${path.startsWith('/api/v1/') ? '/api/v1' : '/api'}/auth`
  return {
    hidden,
    readable: { ...hidden, httpOnly: false } satisfies CookieScope,
    refreshing: { ...hidden, path: auth, sameSite: 'strict' } satisfies CookieScope,
    isHostOnly: isHostOnly(basePath, { secure }),
  }
}
