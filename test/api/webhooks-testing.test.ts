import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { defaultRequestBounds } from '../../server/faces/rest/index.ts'
import { type Receiver, register, startReceiver, webhookEnv } from '../suites/webhook-receiver.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('tests of webhooks whose receivers are silent', () => {
  let server: TestServer
  let receiver: Receiver
  /** Requests that were not answered yet. */
  let open: ServerResponse[]
  const people = { ...defaultRequestBounds.people, running: 2 }
  before(async () => {
    server = await startServer({ env: webhookEnv, tuning: { requests: { ...defaultRequestBounds, people } } })
  })
  after(() => server.close())
  beforeEach(async () => {
    open = []
    receiver = await startReceiver((_, response) => void open.push(response))
  })
  afterEach(() => receiver.close())

  const answerAll = () => {
    for (const response of open.splice(0)) response.writeHead(204).end()
  }
  const send = (client: Client, webhook_id: number) => client.rest('POST', '/webhooks/test', { webhook_id })

  it('[WK15] hold up no other request', async () => {
    const sending: ReturnType<typeof send>[] = []
    for (const name of ['ann', 'bob', 'cyd', 'dan']) {
      const client = await server.user(name)
      const { id } = await register(client, receiver.url)
      sending.push(send(client, id))
    }
    await receiver.has(4)
    const eve = await server.user('eve')
    await expect(eve.rest('GET', '/tasks'), 200)
    assert.equal(open.length, 4)
    answerAll()
    for (const answer of await Promise.all(sending)) assert.equal(answer.body.data.delivered, true)
  })

  it('[WK15] are made one after the other for one person, also when nobody waits for the answer', async () => {
    const ann = await server.user('ann')
    const { id } = await register(ann, receiver.url)
    const leaving = new AbortController()
    const left = fetch(`${server.url}/api/v1/webhooks/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ webhook_id: id }),
      signal: leaving.signal,
    })
    await receiver.has(1)
    leaving.abort()
    await assert.rejects(left)
    const others = [send(ann, id), send(ann, id)]
    for (let nth = 1; nth <= 3; nth++) {
      await receiver.has(nth)
      await expect(ann.rest('GET', '/webhooks/list'), 200)
      assert.equal(open.length, 1)
      answerAll()
    }
    for (const answer of await Promise.all(others)) assert.equal(answer.body.data.delivered, true)
  })

  it('[WK15] end after five seconds', async () => {
    const ann = await server.user('ann')
    const { id } = await register(ann, receiver.url)
    const { data } = (await expect(send(ann, id), 200)).body
    assert.deepEqual([data.delivered, data.error], [false, 'no answer in time'])
    assert.ok(data.duration_ms < 15_000, `${data.duration_ms} ms`)
  })
})
