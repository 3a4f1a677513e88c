import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { isAPIError } from '../suites/answers.ts'
import { engine, type EngineRequest, type Polled, pollingSession, upgradeHeaders } from '../suites/polling.ts'
import { rawRequest } from '../suites/raw-request.ts'
import { rawSocket } from '../suites/raw-socket.ts'

describe('Engine.IO requests', function () {
  this.timeout(120_000)
  const friend = 'https://app.example.com'
  const evil = 'https://evil.example'
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ env: { CORS_ORIGINS: friend, MAX_SOCKETS_PER_USER: '500' } })
    ann = await server.user('ann')
  })
  after(() => server.close())
  afterEach(async () => void (await expect(server.rest('GET', '/health/live'), 200)))

  const refusedWith = (answer: Polled, status: number, code: string) => {
    assert.equal(answer.status, status, answer.text)
    assert.equal(isAPIError(JSON.parse(answer.text)).error.code, code)
    isHardened(answer)
  }
  const isHardened = ({ headers }: Polled) => {
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
    assert.match(String(headers['cache-control']), /no-store/)
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['access-control-allow-origin'] ?? friend, friend)
  }

  for (const [what, options, status, code] of [
    ['JSONP', { query: { j: '0' } }, 400, 'validation_error'],
    ['an unknown transport', { query: { transport: 'x' } }, 400, 'validation_error'],
    ['no transport', { query: { transport: '' } }, 400, 'validation_error'],
    ['an old protocol', { query: { EIO: '3' } }, 400, 'validation_error'],
    ['the WebSocket transport without an upgrade', { query: { transport: 'websocket' } }, 400, 'validation_error'],
    ['the polling transport with an upgrade', { headers: upgradeHeaders }, 400, 'validation_error'],
    ['an unknown session', { query: { sid: 'x'.repeat(10_000) } }, 400, 'validation_error'],
    ['__proto__ as a session', { query: { sid: '__proto__' } }, 400, 'validation_error'],
    ['a handshake by POST', { method: 'POST', body: '' }, 400, 'validation_error'],
    ['a method that is not served', { method: 'PUT' }, 405, 'method_not_allowed'],
    ['DELETE', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['a foreign origin', { headers: { origin: evil } }, 403, 'forbidden'],
    ['OPTIONS from a foreign origin', { method: 'OPTIONS', headers: { origin: evil } }, 403, 'forbidden'],
    [
      'an upgrade from a foreign origin',
      { query: { transport: 'websocket' }, headers: { ...upgradeHeaders, origin: evil } },
      403,
      'forbidden',
    ],
    [
      'an upgrade with an invalid key',
      { query: { transport: 'websocket' }, headers: { ...upgradeHeaders, 'sec-websocket-key': 'x' } },
      400,
      'validation_error',
    ],
    ['an upgrade at another address', { path: '/api/v1/other', headers: upgradeHeaders }, 404, 'not_found'],
    [
      'an upgrade of an unknown session',
      { query: { transport: 'websocket', sid: 'x' }, headers: upgradeHeaders },
      400,
      'validation_error',
    ],
  ] as [string, EngineRequest, number, string][])
    it(`[TU16] refuses ${what} with the contract’s error and the security headers`, async () => {
      const answer = await engine(server.url, options)
      refusedWith(answer, status, code)
      assert.ok(answer.text.length < 1_000)
    })

  for (const [what, offer] of [
    [
      'HTTP/2, as Java’s client does,',
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
    ],
    ['WebSocket at another address', ['Connection: Upgrade', 'Upgrade: websocket']],
  ] as const)
    it(`[TU19] ignores an offer of ${what} and answers the request`, async () => {
      const head = ['Host: x', ...offer]
      const get = await rawRequest(server.url, ['GET /api/v1/health/live HTTP/1.1', ...head])
      assert.equal(get.status, 200)
      const body = JSON.stringify({ email: ann.email, password })
      const about = ['Content-Type: application/json', `Content-Length: ${body.length}`]
      const post = await rawRequest(server.url, ['POST /api/v1/auth/login HTTP/1.1', ...head, ...about], body)
      assert.equal(post.status, 200)
    })

  it('[TU16] sends the security headers with every answer, and lets a listed origin read it', async () => {
    const open = await engine(server.url, { headers: { origin: friend } })
    isHardened(open)
    assert.equal(open.headers['access-control-allow-origin'], friend)
    assert.equal(open.headers['access-control-allow-credentials'], 'true')
    const { ask, post } = await pollingSession(server.url, ann.token)
    isHardened(await post('42["nothing"]'))
    isHardened(await ask())
    isHardened(await engine(server.url, { query: { transport: 'websocket' }, headers: upgradeHeaders }))
    const options = await engine(server.url, { method: 'OPTIONS', headers: { origin: friend } })
    assert.equal(options.status, 204)
    isHardened(options)
  })

  for (const [what, ask] of [
    ['GET', {}],
    ['POST', { method: 'POST', body: '42["nothing"]' }],
    ['upgrade', { query: { transport: 'websocket' }, headers: upgradeHeaders }],
  ] as [string, EngineRequest][])
    it(`[TU16] checks the origin and the sender of a ${what} for a session too (attack 64)`, async () => {
      const session = await pollingSession(server.url, ann.token)
      const from = (headers: Record<string, string>) => session.ask({ ...ask, headers: { ...ask.headers, ...headers } })
      refusedWith(await from({ origin: evil }), 403, 'forbidden')
      const cookie = `auth_token=${(await server.user('other')).token}`
      refusedWith(await from({ cookie }), 400, 'validation_error')
      assert.equal((await session.post('42["nothing"]')).status, 200)
    })

  it('[TU16] continues a session that began with a cookie when the cookie is renewed, and refuses any other cookie (attack 64)', async () => {
    const origin = server.url
    const { sid, ask } = await pollingSession(server.url, ann.token, { cookie: `auth_token=${ann.token}`, origin })
    const renewed = await expect(server.rest('POST', '/auth/refresh', { refresh_token: ann.refreshToken }), 200)
    const post = (headers: Record<string, string>) =>
      engine(server.url, { method: 'POST', query: { sid }, headers: { origin, ...headers }, body: '42["nothing"]' })
    assert.equal((await post({ cookie: `auth_token=${renewed.body.access_token}` })).status, 200)
    refusedWith(await post({}), 400, 'validation_error')
    assert.equal((await ask()).status, 200)
  })

  it('[TU16] continues a session when its client’s address changes, with a cookie and without', async () => {
    const proxied = await startServer({ env: { TRUST_PROXY: '1' } })
    try {
      const bob = await proxied.user('bob')
      const from = (nth: number) => ({ 'x-forwarded-for': `203.0.113.${nth}` })
      const senders: Record<string, string>[] = [{}, { cookie: `auth_token=${bob.token}`, origin: proxied.url }]
      for (const headers of senders) {
        const { ask, post } = await pollingSession(proxied.url, bob.token, { ...headers, ...from(1) })
        assert.equal((await post('421["nothing"]', { headers: from(2) })).status, 200)
        assert.match((await ask({ headers: from(3) })).text, /^431\[/)
      }
    } finally {
      await proxied.close()
    }
  })

  it('[TU16] refuses a binary body, and ends its session (attack 57)', async () => {
    const { ask } = await pollingSession(server.url, ann.token)
    const bytes = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(100) }
    refusedWith(await ask(bytes), 400, 'validation_error')
    // A poll would wait for ten seconds if there were a session.
    await eventually(async () => assert.equal((await ask()).status, 400), { within: 5_000 })
    for (let nth = 0; nth < 50; nth++) assert.equal((await ask(bytes)).status, 400)
  })

  it('[TU8] refuses a body of more than 64 KiB or of unknown length before CONNECT', async () => {
    const stranger = async (headers: Record<string, string>) => {
      const { text } = await engine(server.url)
      const { sid } = JSON.parse(text.slice(1)) as { sid: string }
      // Only a little of the body is sent: an accepted request would wait for the rest.
      const head = [`POST /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1`, 'Host: x']
      return rawRequest(server.url, [...head, ...Object.entries(headers).map(entry => entry.join(': '))], '40{')
    }
    assert.equal((await stranger({ 'Content-Length': '66000' })).status, 413)
    assert.equal((await stranger({ 'Transfer-Encoding': 'chunked' })).status, 400)
    const { post } = await pollingSession(server.url, ann.token)
    assert.equal((await post(`42["nothing","${'x'.repeat(100_000)}"]`)).status, 200)
  })

  it('[TU16] refuses a body that is too large before it reads it', async () => {
    const { ask } = await pollingSession(server.url, ann.token)
    const answer = await ask({
      method: 'POST',
      headers: { 'content-length': String(10 * 1024 * 1024) },
      body: '42[',
    }).catch(() => null)
    if (answer) refusedWith(answer, 413, 'payload_too_large')
  })

  it('[TU16] closes a connection that pipelines many requests', async () => {
    const { hostname, port } = new URL(server.url)
    const connection = connect(Number(port), hostname)
    const closed = new Promise(resolve => connection.once('close', resolve))
    connection.on('error', () => {}).resume()
    const ask = 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n'
    connection.write(ask.repeat(500))
    await closed
  })

  it('[TU11] takes calls of a polling session no faster than its answers are taken, and bounds the answers that wait', async () => {
    const { ask, post } = await pollingSession(server.url, ann.token)
    const calls = Array.from({ length: 300 }, (_, nth) => `42${nth}["nothing",{}]`).join('\u001e')
    assert.equal((await post(calls)).status, 200)
    // The first calls have filled the buffer of answers; the next ones wait until the client takes some.
    let answered = false
    const second = post(calls).then(answer => {
      answered = true
      return answer
    })
    assert.match((await ask()).text, /43299\[/)
    assert.equal(answered, false)
    assert.equal((await second).status, 200)
  })
})

describe('a connection that violates the protocol', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ env: { MAX_SOCKETS_PER_USER: '500' } })
    ann = await server.user('ann')
  })
  after(() => server.close())
  afterEach(async () => void (await expect(server.rest('GET', '/health/live'), 200)))

  type Raw = Awaited<ReturnType<typeof rawSocket>>
  const times = (count: number, act: () => void) => {
    for (let nth = 0; nth < count; nth++) act()
  }

  for (const [what, attack] of [
    ['a second CONNECT', socket => socket.send('40{}')],
    ['a CONNECT to another namespace', socket => socket.send(`40/${'x'.repeat(10_000)},{}`)],
    ['many answers to pings that were not sent', socket => times(200, () => socket.send('3'))],
    ['many packets without a meaning', socket => times(200, () => socket.send('6'))],
    ['many pings of WebSocket', socket => times(200, () => socket.ping())],
    ['many acknowledgements that nobody asked for', socket => times(200, () => socket.send('431[]'))],
    ['attachments that never come', socket => socket.send('451-["join_room",{"_placeholder":true,"num":0}]')],
    [
      'large attachments',
      socket => {
        socket.send('452-["join_room",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        socket.send(Buffer.alloc(500_000))
      },
    ],
  ] as [string, (socket: Raw) => void][])
    it(`[TU12] is closed after an error event for ${what}`, async () => {
      const socket = await rawSocket(server.url, ann.token)
      attack(socket)
      await eventually(() => assert.equal(socket.isClosed(), true))
      assert.equal(socket.heard('error').at(-1)?.error.code, 'validation_error')
      assert.ok(socket.got.join().length < 5_000)
    })

  for (const [what, attack] of [
    ['two CONNECTs at once', (socket: Raw) => times(2, () => socket.send(`40${JSON.stringify({ token: ann.token })}`))],
    ['a CONNECT to another namespace', (socket: Raw) => socket.send('40/other,{}')],
    ['a token of 100 KB', (socket: Raw) => socket.send(`40{"token":"${'x'.repeat(100_000)}"}`)],
    ['sending nothing', () => {}],
  ] as [string, (socket: Raw) => void][])
    it(`[TU12] is closed before a successful CONNECT for ${what}`, async () => {
      const socket = await rawSocket(server.url)
      attack(socket)
      await eventually(() => assert.equal(socket.isClosed(), true))
      assert.ok(socket.got.join().length < 1_000)
    })

  /** The beginning of a message of this many bytes: the head of a frame, and the first bytes of the message. */
  function beginMessage(ws: WebSocket, bytes: number) {
    const head = Buffer.alloc(14)
    head.set([0x81, 0xff])
    head.writeBigUInt64BE(BigInt(bytes), 2)
    const { _socket: connection } = ws as unknown as { _socket: Socket }
    connection.write(Buffer.concat([head, Buffer.from('42["nothing","')]))
    return () => connection.write(Buffer.from('"]'.padStart(bytes - 14, 'x')))
  }
  const webSocket = async (query = '') => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket${query}`)
    const got: string[] = []
    ws.on('error', () => {}).on('message', data => void got.push(String(data)))
    const code = new Promise<number>(resolve => ws.once('close', resolve))
    if (query) await once(ws, 'open')
    else await eventually(() => assert.equal(got.length, 1))
    const heard = (text: string) =>
      eventually(() =>
        assert.ok(
          got.some(one => one.startsWith(text)),
          String(got),
        ),
      )
    return { ws, code, heard }
  }

  it('[TU8] is closed before a message of more than 64 KiB has arrived, unless a CONNECT came first', async () => {
    const { ws, code } = await webSocket()
    beginMessage(ws, 66_000)
    assert.equal(await code, 1009)
    // The same for a connection that would upgrade the older session of a stranger.
    const { sid } = JSON.parse((await engine(server.url)).text.slice(1)) as { sid: string }
    const upgrade = await webSocket(`&sid=${sid}`)
    beginMessage(upgrade.ws, 66_000)
    assert.equal(await upgrade.code, 1009)
  })

  it('[TU8] may send larger messages after CONNECT, also when it began with polling', async () => {
    const direct = await webSocket()
    direct.ws.send(`40${JSON.stringify({ token: ann.token })}`)
    await direct.heard('40')
    const { sid } = await pollingSession(server.url, ann.token)
    const upgraded = await webSocket(`&sid=${sid}`)
    upgraded.ws.send('2probe')
    await upgraded.heard('3probe')
    upgraded.ws.send('5')
    for (const { ws, heard } of [direct, upgraded]) {
      beginMessage(ws, 100_000)()
      await heard('42["error"')
      ws.terminate()
    }
  })

  it('[TU12] is closed after its socket has disconnected', async () => {
    const socket = await rawSocket(server.url, ann.token)
    socket.send('41')
    await eventually(() => assert.equal(socket.isClosed(), true))
  })
})
