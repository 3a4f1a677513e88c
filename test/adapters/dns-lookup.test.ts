import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { createDnsLookup } from '../../server/adapters/dns-lookup.ts'
import { createOutbound, createOutboundCheck } from '../../server/adapters/outbound-http.ts'
import { startNameServer } from '../support/name-server.ts'

describe('looking up names of other servers', () => {
  let server: Awaited<ReturnType<typeof startNameServer>>
  before(async () => {
    server = await startNameServer({
      'both.example.com': ['2606:4700::1', '93.184.215.14'],
      'four.example.com': ['93.184.215.14'],
      'inside.example.com': ['10.0.0.1'],
      'silent.example.com': 'silent',
    })
  })
  after(() => server.close())
  beforeEach(() => void server.asked.splice(0))

  const lookup = (timeoutMs?: number) => createDnsLookup({ servers: [server.address], ...(timeoutMs && { timeoutMs }) })
  const addressesOf = (name: string, timeoutMs?: number) =>
    new Promise<LookupAddress[]>((resolve, reject) => {
      lookup(timeoutMs)(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found)))
    })

  it('[OU5] finds the addresses of both families, those of IPv4 first', async () =>
    assert.deepEqual(await addressesOf('both.example.com'), [
      { address: '93.184.215.14', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]))

  it('[OU5] finds the addresses of the only family that there is', async () =>
    assert.deepEqual(await addressesOf('four.example.com'), [{ address: '93.184.215.14', family: 4 }]))

  it('[OU5] says of a name that does not exist that it is not found', () =>
    assert.rejects(addressesOf('none.example.com'), { code: 'ENOTFOUND' }))

  it('[OU5] gives up on a name server that is silent', () =>
    assert.rejects(addressesOf('silent.example.com', 50), { code: 'ETIMEOUT' }))

  it('[OU5] holds no thread while name servers are silent', async () => {
    const lookups = Array.from({ length: 16 }, () => addressesOf('silent.example.com', 50))
    // What a thread of the pool works on for `dns.lookup`.
    assert.ok(!process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap'))
    const outcomes = await Promise.allSettled(lookups)
    assert.ok(outcomes.every(({ status }) => status === 'rejected'))
  })

  it('[OU1] refuses a name whose address in DNS is private', async () => {
    const request = { url: 'http://inside.example.com/', timeoutMs: 5_000, maxBytes: 1_000 }
    await assert.rejects(createOutbound({ allowPrivate: false, lookup: lookup() })(request), { reason: 'not_allowed' })
    const check = createOutboundCheck({ allowPrivate: false, lookup: lookup() })
    assert.match((await check('http://inside.example.com/')) ?? '', /public internet/)
    assert.ok(server.asked.includes('inside.example.com'))
  })
})
