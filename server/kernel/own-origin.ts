import type { IncomingMessage } from 'node:http'
import { forwardedBy } from './forwarded.ts'
import { requestHost } from './request-head.ts'

const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443' }

/**
 * Whether a page of this origin may act here: one of those that were configured, or the server's own, which is the host
 * that the client asked for. A port that is not named is its scheme's own, at both ends.
 */
export function isOwnOrigin(origin: string, req: IncomingMessage, trusted: number, others: readonly string[]): boolean {
  if (others.includes(origin)) return true
  const host = requestHost(req, trusted)
  const page = parsed(origin)
  const usualPort = defaultPorts[page?.protocol ?? '']
  if (!page || usualPort === undefined || page.hostname !== parsed(`http://${host}`)?.hostname) return false
  // The other way round is no matter: TLS may have ended further out than the proxy that tells us.
  const forwarded = forwardedBy(req, trusted)
  if (page.protocol === 'http:' && forwarded.proto === 'https') return false
  const port = page.port || usualPort
  const named = /:(\d+)$/.exec(host)?.[1]
  if (named !== undefined) return port === String(Number(named))
  // What a proxy says of its port may be that of a hop behind the end of TLS, so the usual one is right as well.
  return port === usualPort || port === forwarded.port
}

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)
