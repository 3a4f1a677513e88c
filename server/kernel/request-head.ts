import type { IncomingMessage } from 'node:http'
import { invalid } from './errors.ts'
import { forwardedBy } from './forwarded.ts'

/**
 * Headers that may occur only once. When such a header occurs twice, Node keeps the first one of some and joins others
 * with a comma, and a proxy in front may have read the other one. So the request is refused, whatever the values are.
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

/** A name or an address with an optional port; no credentials, no path, nothing that needs escaping. */
const isHost = (text: string) => /^(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/.test(text)

/**
 * Refuses a request whose head is ambiguous.
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
  // HTTP/1.0 clients, such as health checks, need not send a host.
  if (headers.host === undefined && httpVersion === '1.0') return
  if (!isHost(headers.host ?? '')) throw invalid({ Host: 'must be a host name or an address, with an optional port' })
}

/** Whether `checkHead` accepts the request. */
export function isHeadClear(req: IncomingMessage): boolean {
  try {
    checkHead(req)
    return true
  } catch {
    return false
  }
}

/**
 * The host that the client asked for, as the `trusted` proxies report it, in lower case; empty when it is not a host.
 */
export function requestHost(req: IncomingMessage, trusted: number): string {
  const host = forwardedBy(req, trusted).host || (req.headers.host ?? '')
  return isHost(host) ? host.toLowerCase() : ''
}
