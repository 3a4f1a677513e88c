import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

type Headers = Record<string, string | string[]>

/**
 * Headers that concern one connection only; the balancer itself answers `expect`. Names that a client lists in
 * `Connection` are kept: it could list `Content-Length`, and then its body would be read as the next request.
 */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'])

/** The headers for the upstream, with the client's address, which only the proxy knows. */
export function onwardHeaders({ headers, socket }: IncomingMessage): Headers {
  return { ...endToEnd(headers), ...forwarded(headers, socket.remoteAddress) }
}

/** The headers for the client. The transfer encoding is chosen anew, because a client of HTTP/1.0 needs another one. */
export function backwardHeaders(headers: IncomingHttpHeaders): Headers {
  const { 'transfer-encoding': _, ...others } = endToEnd(headers)
  return others
}

/** The head of an upgrade request as text: all headers as received, with those that a proxy adds. */
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

/** Appends an entry to the header. An instance believes as many entries as TRUST_PROXY says, counted from the end. */
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
