import assert from 'node:assert/strict'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { engine } from '../suites/polling.ts'

describe('lines on which nobody has connected', function () {
  this.timeout(30_000)
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { TRUST_PROXY: '1', MAX_SOCKETS_PER_IP: '5' } })
  })
  after(() => server.close())

  const handshake = (address: string) => engine(server.url, { headers: { 'x-forwarded-for': address } })
  const line = (address: string) => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      headers: { 'x-forwarded-for': address },
    })
    ws.on('error', () => {})
    return ws
  }

  it('[TU15] are few of one address; others are let in, and what has ended counts no more', async () => {
    const lines = Array.from({ length: 5 }, () => line('203.0.113.7'))
    const opened = lines.map(ws => new Promise(resolve => ws.once('message', resolve)))
    await Promise.all(opened)
    const refused = await handshake('203.0.113.7')
    assert.equal(refused.status, 503)
    assert.match(String(refused.headers['retry-after']), /^\d+$/)
    assert.equal(refused.headers['x-content-type-options'], 'nosniff')
    const upgrade = line('203.0.113.7')
    const [status] = await new Promise<[number]>(resolve =>
      upgrade.once('unexpected-response', (_, response) => resolve([response.statusCode!])),
    )
    assert.equal(status, 503)
    assert.equal((await handshake('203.0.113.8')).status, 200)
    for (const ws of lines) ws.close()
    await eventually(async () => assert.equal((await handshake('203.0.113.7')).status, 200))
  })

  it('[TU15] that say nothing are closed, and make room', async () => {
    for (let nth = 0; nth < 5; nth++) line('203.0.113.9')
    await eventually(async () => assert.equal((await handshake('203.0.113.9')).status, 503), { every: 100 })
    await eventually(async () => assert.equal((await handshake('203.0.113.9')).status, 200), {
      within: 25_000,
      every: 200,
    })
  })
})
