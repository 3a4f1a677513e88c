import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { upgradeHeaders } from '../suites/polling.ts'
import { eventually } from '../support/eventually.ts'
import { startHttpProxy, type HttpProxy } from '../support/http-proxy.ts'

describe('the reverse proxy for tests', () => {
  let server: Server
  let proxy: HttpProxy
  beforeEach(async () => {
    server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    proxy = await startHttpProxy(`http://127.0.0.1:${port}`, { blocks: path => path === '/blocked' })
  })
  afterEach(async () => {
    await proxy.close()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })

  const headers = Object.entries({ host: 'x', ...upgradeHeaders }).map(([name, value]) => `${name}: ${value}\r\n`)

  for (const [what, path] of [
    ['a refused upgrade', '/blocked'],
    ['an upgrade', '/'],
  ])
    it(`[FT0] survives clients that reset the connection of ${what}`, async () => {
      const arrived = Promise.withResolvers<void>()
      let count = 0
      proxy.server.on('upgrade', () => ++count === 50 && arrived.resolve())
      const clients = Array.from({ length: 50 }, () => connect(Number(new URL(proxy.url).port), '127.0.0.1'))
      for (const client of clients)
        client.on('error', () => {}).write(`GET ${path} HTTP/1.1\r\n${headers.join('')}\r\n`)
      await arrived.promise
      for (const client of clients) client.resetAndDestroy()
      // An error without a listener would be an uncaught exception, and fail this test.
      await eventually(() => assert.equal(proxy.connections, 0))
    })
})
