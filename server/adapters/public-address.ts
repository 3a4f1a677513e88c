import ipaddr from 'ipaddr.js'

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address is one of the public internet: not of this machine, a private network, a link, a carrier, a
 * test or a group, and none that only wraps such a one (IPv4 in IPv6, NAT64, 6to4, Teredo). The registries of IANA, as
 * ipaddr.js has them; of IPv6 only what has been given out for use.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  // An IPv4 address that is written as IPv6 is judged as what it is.
  const address = ipaddr.process(text)
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast)
}
