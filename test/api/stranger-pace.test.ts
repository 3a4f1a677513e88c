import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('anonymous requests', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ tuning: { strangerPace: { perSecond: 10, atOnce: 20, inFlight: 30 } } })
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
    await timeOf(50, () => expect(ann.rest('GET', '/auth/me', undefined, { connection: 'close' }), 200))
  })

  it('[TU18] with large bodies are answered later', async () => {
    const body = JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(400_000) })
    const headers = { 'content-type': 'application/json' }
    const guess = () => fetch(`${server.url}/api/v1/auth/login`, { method: 'POST', headers, body })
    const delayed = timeOf(1, async () => assert.equal((await guess()).status, 413))
    assert.ok((await delayed) > 300)
  })

  it('[TU18] of which too many wait at one address are refused beyond that', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => server.rest('GET', '/health/live', undefined, { connection: 'close' })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    assert.ok(refused.length > 0 && refused.length <= 30, String(refused.length))
    assert.ok(Number(refused[0]!.headers.get('retry-after')) >= 1)
    await expect(ann.rest('GET', '/auth/me'), 200)
  })
})
