import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * The client's address. Each proxy appends to X-Forwarded-For who connected to it, so with `trusted` proxies in front
 * the entry that many from the end is believed, and what stands before it the client may have made up. When that entry
 * is not an address, it is the address of the connection itself.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trusted: number): string {
  const claimed = believedEntry(headers['x-forwarded-for'], trusted)
  return (claimed && parseAddress(claimed)) || parseAddress(socket.remoteAddress ?? '') || ''
}

/** Of a header that each proxy appends to: what the outermost of the `trusted` proxies has said. */
export function believedEntry(header: string | string[] | undefined, trusted: number): string | undefined {
  if (header === undefined || trusted <= 0) return undefined
  return String(header).split(',').slice(-trusted)[0]?.trim()
}

/**
 * By what an address is limited. Whoever has one IPv6 address has the other 2^64 of its network too, so those count as
 * one.
 */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address
  const { parts } = ipaddr.IPv6.parse(withoutZone(address))
  return `${parts
    .slice(0, 4)
    .map(part => part.toString(16))
    .join(':')}::/64`
}

/** `1.2.3.4:567`, `[::1]`, `"[::1]:80"`, `::1`: proxies write all of these. */
const written =
  /^(?:([0-9.]+)(?::[0-9]{1,5})?|\[([0-9A-Fa-f]*:[0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9A-Fa-f:.]+(?:%[\w.-]+)?))$/

/** An address in its usual spelling, without port and zone; null when it is none. */
export function parseAddress(text: string): string | null {
  const [, v4, bracketed, bare] = written.exec(text.replace(/^"(.*)"$/, '$1')) ?? []
  const address = v4 ?? bracketed ?? bare ?? ''
  const version = isIP(address)
  if (version !== 6) return version === 4 ? address : null
  const parsed = ipaddr.IPv6.parse(withoutZone(address))
  // How a socket that listens for both families shows an IPv4 address.
  return (parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed).toString()
}

const withoutZone = (address: string) => address.replace(/%.*$/, '')
