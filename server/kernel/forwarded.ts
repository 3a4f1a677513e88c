import type { IncomingMessage } from 'node:http'

/** What the proxies in front say about the client's request; absent means that they say nothing. */
export interface Forwarded {
  for?: string | undefined
  host?: string | undefined
  proto?: string | undefined
}

/**
 * What the outermost of the `trusted` proxies has said. Each proxy appends to these headers, so its entry is counted
 * from the end; the client may have invented earlier entries. Nearly all proxies write `X-Forwarded-…` and pass on a
 * `Forwarded` (RFC 7239) of the client unchanged; so `Forwarded` is read only when all the others are absent.
 */
export function forwardedBy({ headers }: IncomingMessage, trusted: number): Forwarded {
  if (trusted <= 0) return {}
  const last = (name: string) => believedEntry(headers[name], trusted)
  const extended = { for: last('x-forwarded-for'), host: last('x-forwarded-host'), proto: last('x-forwarded-proto') }
  const isGiven = Object.values(extended).some(value => value !== undefined)
  const { proto, ...others } = isGiven ? extended : (elementsOf(headers.forwarded ?? '').slice(-trusted)[0] ?? {})
  return { ...others, proto: schemes[proto?.toLowerCase() ?? ''] }
}

/** The port that the client asked, from a proxy that removes it from the host. It has no part in `Forwarded`. */
export const forwardedPort = ({ headers }: IncomingMessage, trusted: number): string | undefined =>
  trusted > 0 ? believedEntry(headers['x-forwarded-port'], trusted) : undefined

/** Some proxies give the scheme of the WebSocket. */
const schemes: Record<string, string> = { http: 'http', https: 'https', ws: 'http', wss: 'https' }

/** Reads an entry of a header that each proxy appends to. */
function believedEntry(header: string | string[] | undefined, trusted: number): string | undefined {
  return header === undefined ? undefined : String(header).split(',').slice(-trusted)[0]?.trim()
}

/** `name=value`, the value plain or quoted, and the separator before the next pair or the next proxy's pairs. */
const pair = /\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*)))?\s*([;,]|$)/y

/** One entry for each proxy. A header that cannot be parsed completely counts as empty. */
function elementsOf(header: string): Forwarded[] {
  const elements: Record<string, string>[] = [{}]
  pair.lastIndex = 0
  for (;;) {
    const found = pair.exec(header)
    if (!found) return []
    const [, name, quoted, plain, end] = found
    if (name !== undefined) elements.at(-1)![name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''
    if (end === '') return elements
    if (end === ',') elements.push({})
  }
}
