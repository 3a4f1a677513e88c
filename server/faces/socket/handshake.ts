import type { IncomingMessage } from 'node:http'
import { Handshake } from '../../../contract/index.ts'
import { parse } from '../../kernel/bind.ts'
import { tokenInCookies } from '../../kernel/cookies.ts'
import { addressKey, clientAddress } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { isOwnOrigin } from '../../kernel/own-origin.ts'
import type { Known, KnownKey, KnownSession } from '../../kernel/known.ts'
import type { MemberSocket } from './member.ts'

/**
 * Browsers connect across origins without asking, and CORS does not apply to WebSocket. So a page of a foreign origin
 * is refused first. Programs send no Origin.
 */
export const isOriginAllowed = (req: IncomingMessage, trusted: number, origins: readonly string[]): boolean => {
  const { origin } = req.headers
  return origin === undefined || isOwnOrigin(origin, req, trusted, origins)
}

export interface Authenticators {
  authenticate: (token: string) => Promise<KnownSession>
  authenticateKey: (key: string) => Promise<KnownKey>
}

/** How a socket authenticates: by an API key, by a token, or by the cookie if a page of ours sends it. */
export interface Shown {
  bulk: boolean
  /** May be asked again, because a right may have ended meanwhile. @throws AppError of the accounts and keys */
  identify: () => Promise<Known>
}

/** @throws AppError `validation_error`, `unauthenticated` */
export function credentialsOf(socket: MemberSocket, { authenticate, authenticateKey }: Authenticators): Shown {
  const { token, api_key: key, bulk = false } = parse(Handshake, socket.handshake.auth, 'auth')
  if (key !== undefined && token !== undefined)
    throw new AppError('unauthenticated', 'Send either a token or an API key.')
  if (key !== undefined) return { bulk, identify: () => authenticateKey(key) }
  const shown = token ?? cookieToken(socket.request)
  return { bulk, identify: () => authenticate(shown) }
}

function cookieToken(req: IncomingMessage): string {
  const { headers } = req
  const token = tokenInCookies(headers.cookie)
  // Without an Origin the client is not a browser, or hides the origin of the page; then Sec-Fetch-Site has to prove
  // it.
  const vouched = headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin'
  if (!token || !vouched) throw new AppError('unauthenticated', 'Sign in first.')
  return token
}

/** @param address an address of a client, or the key by which it is limited */
export const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1' || address === addressKey('::1')

/** The sender of a request to Engine.IO, as far as the request itself shows it. */
export interface Caller {
  address: string
  /** The session in the cookie. The token is renewed from time to time, the session stays. Not verified. */
  session: string | null
}

export const callerOf = (req: IncomingMessage, trusted: number): Caller => ({
  address: addressKey(clientAddress(req, trusted)),
  session: sessionIn(tokenInCookies(req.headers.cookie)),
})

/**
 * Whether a request may continue an Engine.IO session. The request needs the id of the session, which is 120 random
 * bits known only to its client, and a cookie of the same login session. So a page with another person's cookie cannot
 * use an id that it found. The address is not compared: behind a carrier's NAT, or with both IPv4 and IPv6, one client
 * has several and would be refused again and again; and an attacker who could steal the id of a client without a cookie
 * could see its token as well.
 */
export const isSameCaller = (one: Caller, other: Caller): boolean => one.session === other.session

function sessionIn(token: string | undefined): string | null {
  if (!token) return null
  try {
    return String(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid)
  } catch {
    return null
  }
}
