import ipaddr from 'ipaddr.js'

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address belongs to the public internet. Addresses of this machine, of private networks, links,
 * carriers, tests and multicast groups do not, nor do addresses that only wrap one of those (IPv4 in IPv6, NAT64, 6to4,
 * Teredo). The ranges are those of the IANA registries in ipaddr.js; IPv6 counts only where IANA has allocated it.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  // An IPv4 address in IPv6 notation is judged as IPv4.
  const address = ipaddr.process(text)
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast)
}

const localDomains = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/

/** Whether a name can only mean something of this machine or its network: a single word, or below a local domain. */
export function isLocalName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return !ipaddr.isValid(name) && (!name.includes('.') || localDomains.test(name))
}
