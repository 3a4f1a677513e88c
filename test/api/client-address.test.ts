import assert from 'node:assert/strict'
import { io, type Socket } from 'socket.io-client'
import { expect, password, startServer, type TestServer } from '../support/server.ts'

describe('the address of the client', () => {
  let server: TestServer
  let direct: TestServer
  before(async () => {
    server = await startServer({ env: { TRUST_PROXY: '2', MAX_SOCKETS_PER_IP: '1' } })
    direct = await startServer()
  })
  after(async () => {
    await server.close()
    await direct.close()
  })

  const sockets: Socket[] = []
  after(() => sockets.forEach(socket => socket.disconnect()))
  function connect(token: string, extraHeaders: Record<string, string>): Promise<void> {
    const options = { auth: { token }, extraHeaders, transports: ['websocket'], forceNew: true, reconnection: false }
    const socket = io(server.url, options)
    sockets.push(socket)
    return new Promise((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
  }

  /** The address in the list of sessions after signing in with this header. */
  async function seen(at: TestServer, forwarded: string): Promise<string> {
    const { email } = await at.user('ann')
    const headers = { 'x-forwarded-for': forwarded }
    const { body } = await expect(at.rest('POST', '/auth/login', { email, password }, headers), 200)
    const authorization = `Bearer ${body.access_token}`
    const list = await expect(at.rest('GET', '/sessions/list', undefined, { authorization }), 200)
    return list.body.data.results.find((session: any) => session.current).ip_address
  }

  for (const [forwarded, address] of [
    ['1.2.3.4, 10.0.0.1', '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4, 10.0.0.1', '1.2.3.4'],
    ['1.2.3.4:5678, 10.0.0.1:80', '1.2.3.4'],
    ['[2001:DB8::1]:5678, 10.0.0.1', '2001:db8::1'],
    ['"[2001:db8:0:0::1]", 10.0.0.1', '2001:db8::1'],
    ['::ffff:1.2.3.4, 10.0.0.1', '1.2.3.4'],
    ['1.2.3.4', '1.2.3.4'],
  ] as const)
    it(`[HT12] takes ${address} from "${forwarded}", with two trusted proxies`, async () => {
      assert.equal(await seen(server, forwarded), address)
    })

  for (const forwarded of [
    '1.2.3.4, unknown, 10.0.0.1',
    "'; drop table sessions, 10.0.0.1",
    '1.2.3, 10.0.0.1',
    '0x7f.1, 10.0.0.1',
    '01.2.3.4, 10.0.0.1',
    '::1::2, 10.0.0.1',
    `${'1'.repeat(2_000)}, 10.0.0.1`,
    ', 10.0.0.1',
  ])
    it(`[HT12] ignores "${forwarded.slice(0, 30)}" and uses the address of the connection`, async () => {
      assert.equal(await seen(server, forwarded), '127.0.0.1')
    })

  it('[HT12] ignores the header when no proxy is configured', async () => {
    assert.equal(await seen(direct, '1.2.3.4'), '127.0.0.1')
  })

  it('[HT12] counts sockets by the same address, and an IPv6 network as one address', async () => {
    const bob = await server.user('bob')
    const from = (forwarded: string) => connect(bob.token, { 'x-forwarded-for': forwarded })
    await from('2001:db8:1:1::1, 10.0.0.1')
    await assert.rejects(from('[2001:db8:1:1:ffff::2]:99, 10.0.0.1'), /refused/)
    await from('2001:db8:1:2::1, 10.0.0.1')
    await from('1.2.3.4, 10.0.0.1')
    await assert.rejects(from('::ffff:1.2.3.4, 10.0.0.1'), /refused/)
  })
})
