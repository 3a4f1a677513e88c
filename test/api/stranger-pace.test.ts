import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('anonymous requests', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ tuning: { strangerPace: { perSecond: 10, atOnce: 20 } } })
    ann = await server.user('ann')
  })
  after(() => server.close())

  /** Milliseconds that so many calls take at least, one after another. */
  async function timeOf(count: number, call: () => Promise<unknown>): Promise<number> {
    const began = performance.now()
    for (let nth = 0; nth < count; nth++) await call()
    return performance.now() - began
  }

  it('[TU18] above the limit are delayed, also with made-up credentials, and none is refused', async () => {
    const health = () => expect(server.rest('GET', '/health/live'), 200)
    const guess = () => expect(server.rest('GET', '/tasks', undefined, { authorization: 'Bearer x' }), 401)
    await timeOf(20, health)
    assert.ok((await timeOf(6, health)) > 300)
    assert.ok((await timeOf(6, guess)) > 300)
  })

  it('[TU18] do not delay requests of signed-in people', async () => {
    // Each of these would wait for a second, and mocha no longer than twenty.
    await timeOf(50, () => expect(ann.rest('GET', '/auth/me'), 200))
  })
})
