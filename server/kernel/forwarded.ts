import type { IncomingMessage } from 'node:http'

/** What the proxies in front say of the client's own request; absent = nothing. */
export interface Forwarded {
  for?: string | undefined
  host?: string | undefined
  proto?: string | undefined
  /** Only said by `X-Forwarded-Port`, beside a host that has lost its own. */
  port?: string | undefined
}

/**
 * What the outermost of the `trusted` proxies has said: each appends to these headers, so it is the entry that many from
 * the end, and what stands before it the client may have made up. `X-Forwarded-…` is what nearly all proxies write, and
 * those leave a `Forwarded` (RFC 7239) of the client's as it came; so that one is read only where none of the others is.
 */
export function forwardedBy({ headers }: IncomingMessage, trusted: number): Forwarded {
  if (trusted <= 0) return {}
  const last = (name: string) => believedEntry(headers[name], trusted)
  const told = {
    for: last('x-forwarded-for'),
    host: last('x-forwarded-host'),
    proto: last('x-forwarded-proto'),
    port: last('x-forwarded-port'),
  }
  const isTold = Object.values(told).some(value => value !== undefined)
  const { proto, ...others } = isTold ? told : (elementsOf(headers.forwarded ?? '').slice(-trusted)[0] ?? {})
  return { ...others, proto: schemes[proto?.toLowerCase() ?? ''] }
}

/** Some proxies name the scheme of a WebSocket. */
const schemes: Record<string, string> = { http: 'http', https: 'https', ws: 'http', wss: 'https' }

/** Of a header that each proxy appends to. */
function believedEntry(header: string | string[] | undefined, trusted: number): string | undefined {
  return header === undefined ? undefined : String(header).split(',').slice(-trusted)[0]?.trim()
}

/** `name=value`, the value as it is or in quotes, and what separates it from the next pair or from the next proxy's. */
const pair = /\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*)))?\s*([;,]|$)/y

/** One for each proxy. What cannot be understood as a whole says nothing. */
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
