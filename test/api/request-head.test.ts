import assert from 'node:assert/strict'
import { rawRequest } from '../suites/raw-request.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'

describe('the head of a request', () => {
  let server: TestServer
  let ann: Client
  let host: string
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    host = new URL(server.url).host
  })
  after(() => server.close())

  const ask = (lines: string[], path = '/api/v1/tasks') => rawRequest(server.url, [`GET ${path} HTTP/1.1`, ...lines])
  const bearer = () => `Authorization: Bearer ${ann.token}`

  it('[HT10] accepts each header once', async () => {
    assert.equal((await ask([`Host: ${host}`, bearer()])).status, 200)
  })

  for (const [name, first, second] of [
    ['Host', '', 'evil.example'],
    ['Authorization', 'Bearer nonsense', 'Bearer other'],
    ['Origin', 'https://evil.example', 'https://other.example'],
    ['Sec-Fetch-Site', 'same-origin', 'cross-site'],
    ['X-CSRF-Token', 'one', 'two'],
    ['Content-Type', 'application/json', 'text/plain'],
    ['Idempotency-Key', 'one', 'two'],
    ['X-Mutation-Id', 'one', 'two'],
    ['Range', 'bytes=0-1', 'bytes=2-3'],
  ] as const)
    it(`[HT10] refuses a duplicate ${name} by name, in either order`, async () => {
      const lines = [`${name}: ${first || host}`, `${name.toLowerCase()}: ${second}`]
      const others = [...(name === 'Host' ? [] : [`Host: ${host}`]), ...(name === 'Authorization' ? [] : [bearer()])]
      for (const doubled of [lines, lines.toReversed()]) {
        const { status, body } = await ask([...doubled, ...others])
        assert.deepEqual([status, body.error?.code], [400, 'validation_error'])
        const [field] = Object.keys(body.error.field_errors)
        assert.equal(field!.toLowerCase(), name.toLowerCase())
      }
    })

  it('[HT10] refuses a duplicate Host with the same value, also for a file of the page', async () => {
    for (const path of ['/api/v1/tasks', '/', '/assets/x.js'])
      assert.equal((await ask([`Host: ${host}`, `Host: ${host}`, bearer()], path)).status, 400)
  })

  for (const value of ['evil@HOST', 'HOST/evil', 'HOST#', 'HOST?x', 'a b', '', 'x;script-src *', '[::1', 'a,b', 'é'])
    it(`[HT10] refuses "Host: ${value}"`, async () => {
      for (const path of ['/api/v1/health/live', '/']) {
        const answer = await ask([`Host: ${value.replace('HOST', host)}`], path)
        assert.equal(answer.status, 400)
        assert.doesNotMatch(answer.headers, /evil|script-src \*/)
      }
    })

  for (const value of ['[::1]:3000', 'my_service', 'tasks.example.com:8443', 'EXAMPLE.com.'])
    it(`[HT10] accepts "Host: ${value}"`, async () => {
      assert.equal((await ask([`Host: ${value}`], '/api/v1/health/live')).status, 200)
    })

  it('[HT10] refuses a request without a Host in HTTP/1.1, and accepts it in HTTP/1.0', async () => {
    assert.equal((await ask([], '/api/v1/health/live')).status, 400)
    assert.equal((await rawRequest(server.url, ['GET /api/v1/health/live HTTP/1.0'])).status, 200)
  })

  it('[HT10] refuses two lengths, and a length with chunks (attack 109)', async () => {
    const post = ['POST /api/v1/tasks HTTP/1.1', `Host: ${host}`, bearer(), 'Content-Type: application/json']
    for (const lengths of [
      ['Content-Length: 2', 'Content-Length: 3'],
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    ])
      assert.equal((await rawRequest(server.url, [...post, ...lengths], '{}')).status, 400)
  })

  it('[HT10] checks the head at the socket door too, for a poll and for an upgrade', async () => {
    const upgrade = [
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
    ]
    const poll = '/socket.io/?EIO=4&transport=polling'
    const socket = '/socket.io/?EIO=4&transport=websocket'
    for (const lines of [
      [`Host: ${host}`, 'Host: evil.example'],
      [`Host: evil@${host}`],
      [`Host: ${host}`, `Origin: ${server.url}`, 'Origin: https://evil.example'],
    ]) {
      const polled = await ask(lines, poll)
      // The refusal of an upgrade sends `Connection: close` by itself.
      const upgraded = await rawRequest(server.url, [
        `GET ${socket} HTTP/1.1`,
        ...lines,
        ...upgrade,
        'Connection: upgrade',
      ])
      for (const { status } of [polled, upgraded]) assert.ok(status === 400 || status === 403, String(status))
    }
    assert.equal((await ask([`Host: ${host}`], poll)).status, 200)
  })
})
