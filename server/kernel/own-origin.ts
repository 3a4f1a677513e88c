import type { IncomingMessage } from 'node:http'
import { forwardedBy, forwardedPort } from './forwarded.ts'
import { requestHost } from './request-head.ts'

const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443' }

/**
 * Whether a page of this origin may act here: a configured origin, or the server's own, which is the host that the
 * client asked for. A missing port means the default port of the scheme, on both sides.
 */
export function isOwnOrigin(origin: string, req: IncomingMessage, trusted: number, others: readonly string[]): boolean {
  if (others.includes(origin)) return true
  const host = requestHost(req, trusted)
  const page = parsed(origin)
  const usualPort = defaultPorts[page?.protocol ?? '']
  if (!page || usualPort === undefined || page.hostname !== parsed(`http://${host}`)?.hostname) return false
  // The reverse is allowed: TLS may end at a proxy further out than the one that reports the scheme.
  if (page.protocol === 'http:' && forwardedBy(req, trusted).proto === 'https') return false
  const port = page.port || usualPort
  const named = /:(\d+)$/.exec(host)?.[1]
  if (named !== undefined) return port === String(Number(named))
  // The port that a proxy reports may be that of a hop behind the end of TLS, so the default port is accepted too.
  return port === usualPort || port === forwardedPort(req, trusted)
}

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)
