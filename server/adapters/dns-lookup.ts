import { type LookupAddress, lookup as systemLookup, type LookupOptions, promises } from 'node:dns'

export interface DnsLookupDeps {
  /** Name servers as `address:port`; without them, those of the system. */
  servers?: string[]
  /** How long one try may take; there are two. */
  timeoutMs?: number
}

/** How long the addresses of the other family are waited for when those of one are known. */
const otherFamilyMs = 100

/**
 * As `dns.lookup` with `all`, but asks the name servers itself. `dns.lookup` holds a thread of libuv's pool for as long
 * as name servers are silent, and lets only two lookups run at a time; a few addresses of strangers would then delay the
 * look-ups of PostgreSQL and Redis. The price: `/etc/hosts` and search domains do not count.
 */
export function createDnsLookup({ servers, timeoutMs = 2_000 }: DnsLookupDeps = {}): typeof systemLookup {
  const resolver = new promises.Resolver({ timeout: timeoutMs, tries: 2 })
  if (servers) resolver.setServers(servers)

  async function addressesOf(name: string): Promise<LookupAddress[]> {
    const found: LookupAddress[] = []
    const add = (family: 4 | 6) => (addresses: string[]) =>
      void found.push(...addresses.map(address => ({ address, family })))
    const families = [resolver.resolve4(name).then(add(4)), resolver.resolve6(name).then(add(6))]
    await Promise.any(families).catch((error: AggregateError) => {
      throw error.errors[0]
    })
    const enough = Promise.withResolvers<void>()
    const late = setTimeout(enough.resolve, otherFamilyMs)
    await Promise.race([Promise.allSettled(families), enough.promise])
    clearTimeout(late)
    return found.toSorted((one, other) => one.family - other.family)
  }

  const lookup = (
    name: string,
    _options: LookupOptions,
    answer: (error: Error | null, found: LookupAddress[]) => void,
  ): void => {
    addressesOf(name).then(
      found => answer(null, found),
      error => answer(error, []),
    )
  }
  return lookup as typeof systemLookup
}
