import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { clientAddress } from './client-address.ts'

type Range = ReturnType<typeof ipaddr.parseCIDR>

const words: Record<string, string[]> = { loopback: ['127.0.0.0/8', '::1/128'], none: [] }

/** Whether a text is an address, a range of addresses (`10.0.0.0/8`), `loopback` or `none`. */
export function isAddressRange(text: string): boolean {
  // The library alone would also take `1.2.3` and `0x7f.1` for addresses.
  return (
    Object.hasOwn(words, text) ||
    (isIP(text.replace(/\/.*$/, '')) !== 0 && (!text.includes('/') || ipaddr.isValidCIDR(text)))
  )
}

/** Whether an address is in one of these ranges. @param ranges texts that `isAddressRange` accepts */
export function createAddressList(ranges: readonly string[]): (address: string) => boolean {
  const parsed = ranges.flatMap(text => words[text] ?? [text]).map(rangeOf)
  return address => {
    if (!ipaddr.isValid(address)) return false
    const one = ipaddr.process(address)
    return parsed.some(range => range[0].kind() === one.kind() && one.match(range))
  }
}

function rangeOf(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/**
 * Tells requests from addresses that are on none of these lists; without a list there are none. A request that an
 * unknown proxy passed on is one, because its address is that of the proxy.
 */
export function createElsewhere(ranges: readonly string[], trustProxy: number): (req: IncomingMessage) => boolean {
  if (ranges.length === 0) return () => false
  const isListed = createAddressList(ranges)
  return req => {
    const address = surelyFrom(req, trustProxy)
    return address === null || !isListed(address)
  }
}

const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip']

/**
 * The address from which a request surely comes; null when a proxy passed it on that is not trusted. Without this, a
 * proxy on the same machine would make everybody a caller from loopback.
 */
export function surelyFrom(req: IncomingMessage, trustProxy: number): string | null {
  if (trustProxy === 0 && proxyHeaders.some(name => req.headers[name] !== undefined)) return null
  return clientAddress(req, trustProxy)
}
