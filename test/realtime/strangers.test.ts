import assert from 'node:assert/strict'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { engine } from '../suites/polling.ts'

describe('connections without a CONNECT', function () {
  this.timeout(120_000)
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { TRUST_PROXY: '1', MAX_SOCKETS_PER_IP: '5' } })
  })
  after(() => server.close())

  const handshake = (address: string) => engine(server.url, { headers: { 'x-forwarded-for': address } })
  const open = (address: string) => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      headers: { 'x-forwarded-for': address },
    })
    ws.on('error', () => {})
    return ws
  }

  it('[TU15] are limited for each address, and closed ones do not count (attack 60)', async () => {
    const connections = Array.from({ length: 5 }, () => open('203.0.113.7'))
    const opened = connections.map(ws => new Promise(resolve => ws.once('message', resolve)))
    await Promise.all(opened)
    const refused = await handshake('203.0.113.7')
    assert.equal(refused.status, 503)
    assert.match(String(refused.headers['retry-after']), /^\d+$/)
    assert.equal(refused.headers['x-content-type-options'], 'nosniff')
    const upgrade = open('203.0.113.7')
    const [status] = await new Promise<[number]>(resolve =>
      upgrade.once('unexpected-response', (_, response) => resolve([response.statusCode!])),
    )
    assert.equal(status, 503)
    assert.equal((await handshake('203.0.113.8')).status, 200)
    for (const ws of connections) ws.close()
    await eventually(async () => assert.equal((await handshake('203.0.113.7')).status, 200))
  })

  it('[TU15] are closed when they send nothing, which makes room for others (attack 58)', async () => {
    for (let nth = 0; nth < 5; nth++) open('203.0.113.9')
    await eventually(async () => assert.equal((await handshake('203.0.113.9')).status, 503), { every: 100 })
    await eventually(async () => assert.equal((await handshake('203.0.113.9')).status, 200), {
      within: 25_000,
      every: 200,
    })
  })
})
