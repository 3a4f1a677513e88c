import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { forwardedBy } from './forwarded.ts'

/**
 * The client's address, as the `trusted` proxies in front report it. A value that is not an IP address is ignored; then
 * it is the address of the connection itself.
 */
export function clientAddress(req: IncomingMessage, trusted: number): string {
  const claimed = forwardedBy(req, trusted).for
  return (claimed && parseAddress(claimed)) || parseAddress(req.socket.remoteAddress ?? '') || ''
}

/**
 * The key by which an address is limited. Whoever has one IPv6 address has the other 2^64 of its network too, so all of
 * them count as one.
 */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address
  const { parts } = ipaddr.IPv6.parse(withoutZone(address))
  return `${parts
    .slice(0, 4)
    .map(part => part.toString(16))
    .join(':')}::/64`
}

/** Proxies write all of these forms: `1.2.3.4:567`, `[::1]`, `"[::1]:80"`, `::1`, `::ffff:1.2.3.4:567`. */
const written =
  /^(?:(?:::ffff:)?([0-9.]+)(?::[0-9]{1,5})?|\[([0-9A-Fa-f]*:[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\](?::[0-9]{1,5})?|([0-9A-Fa-f:.]+(?:%[\w.-]+)?))$/i

/** An address in its usual spelling, without port and zone; null when it is not an address. */
export function parseAddress(text: string): string | null {
  const [, v4, bracketed, bare] = written.exec(text.replace(/^"(.*)"$/, '$1')) ?? []
  const address = v4 ?? bracketed ?? bare ?? ''
  const version = isIP(address)
  if (version !== 6) return version === 4 ? address : null
  const parsed = ipaddr.IPv6.parse(withoutZone(address))
  // How a socket that listens for both families writes an IPv4 address.
  return (parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed).toString()
}

const withoutZone = (address: string) => address.replace(/%.*$/, '')
