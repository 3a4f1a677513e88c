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
  if (page.protocol === 'http:' && forwardedBy(req, trusted).proto === 'https') return false
  const port = /:(\d+)$/.exec(host)?.[1] ?? usualPort
  return (page.port || usualPort) === String(Number(port))
}

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)
