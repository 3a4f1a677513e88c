import type { IncomingMessage } from 'node:http'
import { invalid } from './errors.ts'
import { forwardedBy } from './forwarded.ts'

/**
 * Headers that say one thing. Of two, Node keeps the first of some and joins others with a comma, and a proxy in front
 * may have read the other one; so a request with two is refused, whatever they say.
 */
const single = new Set([
  'host',
  'authorization',
  'origin',
  'sec-fetch-site',
  'x-csrf-token',
  'content-type',
  'content-length',
  'content-encoding',
  'idempotency-key',
  'x-mutation-id',
  'range',
  'if-range',
])

/** A name or an address with an optional port, and nothing else: no credentials, no path, nothing to escape. */
const isHost = (text: string) => /^(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/.test(text)

/**
 * Refuses a request whose head can be understood in two ways.
 *
 * @throws AppError `validation_error` on the header
 */
export function checkHead({ rawHeaders, headers, httpVersion }: IncomingMessage): void {
  const seen = new Set<string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    if (!single.has(name)) continue
    if (seen.has(name)) throw invalid({ [rawHeaders[at]!]: 'is given more than once' })
    seen.add(name)
  }
  // Programs that speak HTTP/1.0, such as health checks, need not name a host.
  if (headers.host === undefined && httpVersion === '1.0') return
  if (!isHost(headers.host ?? '')) throw invalid({ Host: 'must be a host name or an address, with an optional port' })
}

/** Whether `checkHead` has nothing against it. */
export function isHeadClear(req: IncomingMessage): boolean {
  try {
    checkHead(req)
    return true
  } catch {
    return false
  }
}

/** The host that the client asked for, as the `trusted` proxies say it, in lower case; empty when it is not a host. */
export function requestHost(req: IncomingMessage, trusted: number): string {
  const host = forwardedBy(req, trusted).host || (req.headers.host ?? '')
  return isHost(host) ? host.toLowerCase() : ''
}
