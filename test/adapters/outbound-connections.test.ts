import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { keptConnections } from '../../server/adapters/outbound-connections.ts'
import { createOutbound } from '../../server/adapters/outbound-http.ts'
import { startWebServer, type WebServer } from '../support/web-server.ts'

describe('connections to other servers', () => {
  let web: WebServer
  /** The ports from which the requests came, in order: one number, one connection. */
  const ports: number[] = []
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    ports.push(request.socket.remotePort!)
    response.end('hello')
  }
  before(async () => void (web = await startWebServer(answer)))
  after(() => web.close())
  beforeEach(() => {
    web.answer(answer)
    ports.splice(0)
  })

  const ask = (outbound = createOutbound({ allowPrivate: true }), more = {}) =>
    outbound({ method: 'POST', url: web.url, body: '{}', timeoutMs: 5_000, maxBytes: 1_000, ...more })
  const different = () => new Set(ports).size

  it('[OU6] are used again for requests that permit it, whatever became of the former caller', async () => {
    const outbound = createOutbound({ allowPrivate: true })
    for (let nth = 0; nth < 3; nth++) {
      const abort = new AbortController()
      await ask(outbound, { sharedBy: '1', signal: abort.signal })
      abort.abort()
    }
    assert.deepEqual([ports.length, different()], [3, 1])
  })

  it('[OU6] serve one request only, unless it permits more', async () => {
    const outbound = createOutbound({ allowPrivate: true })
    for (let nth = 0; nth < 3; nth++) await ask(outbound)
    assert.equal(different(), 3)
  })

  it('[OU6] are shared by the requests for one person only', async () => {
    const outbound = createOutbound({ allowPrivate: true })
    for (const sharedBy of ['1', '11', '1', '11']) await ask(outbound, { sharedBy })
    assert.deepEqual([different(), ports[0] === ports[2], ports[1] === ports[3]], [2, true, true])
  })

  it('[OU6] are closed when too many are unused', async () => {
    const outbound = createOutbound({ allowPrivate: true, connections: keptConnections({ all: 1 }) })
    for (const sharedBy of ['1', '2', '2', '1']) await ask(outbound, { sharedBy })
    assert.deepEqual([different(), ports[0] === ports[3]], [3, true])
  })

  it('[OU6] are replaced when the server has closed them, and the request is sent again', async () => {
    const outbound = createOutbound({ allowPrivate: true })
    await ask(outbound, { sharedBy: '1' })
    const [used] = ports
    web.answer((request, response) =>
      request.socket.remotePort === used ? request.socket.destroy() : answer(request, response),
    )
    assert.equal((await ask(outbound, { sharedBy: '1' })).body.toString(), 'hello')
    assert.equal(different(), 2)
  })

  it('[OU6] are not replaced when they were new', async () => {
    web.answer(request => request.socket.destroy())
    web.asked.splice(0)
    await assert.rejects(ask(undefined, { sharedBy: '1' }), { reason: 'unreachable' })
    assert.equal(web.asked.length, 1)
  })

  it('[OU6] are closed when they are old, and after an answer that was not read to its end', async () => {
    const aging = createOutbound({ allowPrivate: true, connections: keptConnections({ ageMs: 0 }) })
    for (let nth = 0; nth < 2; nth++) await ask(aging, { sharedBy: '1' })
    assert.equal(different(), 2)
    const outbound = createOutbound({ allowPrivate: true })
    for (let nth = 0; nth < 2; nth++) await ask(outbound, { sharedBy: '1', maxBytes: 2 })
    assert.equal(different(), 4)
  })
})
