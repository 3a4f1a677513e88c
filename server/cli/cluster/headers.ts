import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

type Headers = Record<string, string | string[]>

/**
 * What is meant for one connection and not for the one after it; `expect` the balancer answers itself. Names that a
 * client lists in `Connection` stay: it could list `Content-Length`, and its body would be the next request.
 */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'])

/** A request's headers for the upstream, with what only the proxy knows: who is calling. */
export function onwardHeaders({ headers, socket }: IncomingMessage): Headers {
  return { ...endToEnd(headers), ...forwarded(headers, socket.remoteAddress) }
}

/** An answer's headers for the client. How it is cut into pieces is decided anew, for a client of HTTP/1.0 differently. */
export function backwardHeaders(headers: IncomingHttpHeaders): Headers {
  const { 'transfer-encoding': _, ...others } = endToEnd(headers)
  return others
}

/** The head of an upgrade as text, all headers as they came. */
export function upgradeHead({ method, url, rawHeaders, headers, socket }: IncomingMessage): string {
  const added = forwarded(headers, socket.remoteAddress)
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (!(name.toLowerCase() in added)) lines.push(`${name}: ${rawHeaders[at + 1]}`)
  }
  for (const [name, value] of Object.entries(added)) lines.push(`${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Appended to what came, of which an instance believes as many entries as TRUST_PROXY says, counted from the end. */
function forwarded(headers: IncomingHttpHeaders, address = ''): Record<string, string> {
  const before = headers['x-forwarded-for']
  return {
    'x-forwarded-for': before === undefined ? address : `${String(before)}, ${address}`,
    'x-forwarded-proto': 'http',
    'x-forwarded-host': headers.host ?? '',
  }
}

function endToEnd(headers: IncomingHttpHeaders): Headers {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !hopByHop.has(name))
  return Object.fromEntries(kept) as Headers
}
