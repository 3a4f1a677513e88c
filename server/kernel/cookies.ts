import { parse, stringifySetCookie } from 'cookie'
import { invalid } from './errors.ts'

/**
 * A browser takes a cookie of this name only from the host itself, over TLS and for all of its paths, so no sibling
 * domain can set it. It stands in for `auth_token` where all of that holds.
 */
export const hostCookie = '__Host-auth_token'

/** The same for an attempt to sign in at a provider; `oidc_attempt` does not count then. */
export const hostAttemptCookie = '__Host-oidc_attempt'

const names = [
  hostCookie,
  hostAttemptCookie,
  'auth_token',
  'access_token',
  'refresh_token',
  'csrf_token',
  'oidc_attempt',
] as const
type Name = (typeof names)[number]

const isOurs = (name: string): name is Name => (names as readonly string[]).includes(name)

/**
 * Our cookies in a Cookie header. A name that occurs twice is refused: a sibling domain can set a second cookie of the
 * same name, and the header does not say which of the two the server has set.
 *
 * @throws AppError `validation_error` on `Cookie`
 */
export function readCookies(header = ''): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const pair of header.split(';')) {
    for (const [name, value] of Object.entries(parse(pair))) {
      if (!isOurs(name)) continue
      if (found[name] !== undefined) {
        throw invalid({ Cookie: `has ${name} more than once; delete the cookies of this site and sign in again` })
      }
      found[name] = value ?? ''
    }
  }
  return found
}

/** The access token in a Cookie header. @throws AppError as `readCookies` */
export function tokenInCookies(header: string | undefined): string | undefined {
  const found = readCookies(header)
  return found[hostCookie] || found.auth_token || found.access_token
}

export interface CookieScope {
  path: string
  secure: boolean
  httpOnly: boolean
  sameSite: 'lax' | 'strict'
}

/**
 * A `Set-Cookie` header. It gives the lifetime of the cookie and not its end: a browser would compare the end with the
 * clock of its computer, which may be hours off, and drop the cookie at once or keep it too long.
 *
 * @param seconds 0 deletes the cookie
 */
export const setCookie = (name: Name, value: string, seconds: number, scope: CookieScope): string =>
  stringifySetCookie({ name, value, maxAge: seconds, ...scope })
