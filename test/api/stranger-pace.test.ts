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

  /** Milliseconds that this many calls take, one after another. */
  async function timeOf(count: number, call: () => Promise<unknown>): Promise<number> {
    const began = performance.now()
    for (let nth = 0; nth < count; nth++) await call()
    return performance.now() - began
  }

  it('[TU18] delays requests above the limit, also with made-up credentials, and refuses none', async () => {
    const health = () => expect(server.rest('GET', '/health/live'), 200)
    const guess = () => expect(server.rest('GET', '/tasks', undefined, { authorization: 'Bearer x' }), 401)
    // Twenty at once, and the others at ten a second, however slow the machine is.
    assert.ok((await timeOf(40, health)) > 1_500)
    assert.ok((await timeOf(6, guess)) > 300)
  })

  it('[TU18] does not delay requests of signed-in people', async () => {
    let waiting = 28
    const strangers = Array.from({ length: waiting }, async () => {
      await expect(server.rest('GET', '/health/live', undefined, { connection: 'close' }), 200)
      waiting--
    })
    try {
      await expect(ann.rest('GET', '/auth/me', undefined, { connection: 'close' }), 200)
      assert.ok(waiting > 0, 'after all that strangers have sent before')
    } finally {
      await Promise.allSettled(strangers)
    }
  })

  it('[TU18] delays a request with a large body', async () => {
    const body = JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(400_000) })
    const headers = { 'content-type': 'application/json' }
    const guess = () => fetch(`${server.url}/api/v1/auth/login`, { method: 'POST', headers, body })
    const delayed = timeOf(1, async () => assert.equal((await guess()).status, 413))
    assert.ok((await delayed) > 300)
  })

  it('[TU18] refuses further requests when too many wait at one address', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => server.rest('GET', '/health/live', undefined, { connection: 'close' })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    assert.ok(refused.length > 0 && refused.length <= 30, String(refused.length))
    assert.ok(Number(refused[0]!.headers.get('retry-after')) >= 1)
    await expect(ann.rest('GET', '/auth/me'), 200)
  })
})
