import assert from 'node:assert/strict'
import jwt from 'jsonwebtoken'
import { io } from 'socket.io-client'
import { isAPIError } from '../suites/answers.ts'
import { listen, join } from '../suites/sockets.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'

describe('connecting a socket', () => {
  const friend = 'https://app.example.com'
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ env: { CORS_ORIGINS: friend, MAX_SOCKETS_PER_USER: '3' } })
    ann = await server.user('ann')
  })
  after(() => server.close())
  afterEach(async () => void (await expect(server.rest('GET', '/health/live'), 200)))

  /** Connects as a browser might; returns the code of the refusal, or `ok`. */
  const attempt = (auth: unknown, headers: Record<string, string> = {}, transport = 'websocket') =>
    new Promise<string>(resolve => {
      const options = { auth: auth as object, extraHeaders: headers, transports: [transport], forceNew: true }
      const socket = io(server.url, { ...options, reconnection: false })
      const end = (result: string) => {
        socket.disconnect()
        resolve(result)
      }
      socket.once('connect', () => end('ok'))
      socket.once('connect_error', (error: any) => end(error.data ? isAPIError(error.data).error.code : 'not at all'))
    })

  for (const [what, auth, code] of [
    ['no token', {}, 'unauthenticated'],
    ['an empty token', { token: '' }, 'unauthenticated'],
    ['a nonsense token', { token: 'nonsense' }, 'unauthenticated'],
    ['an object as the token', { token: { a: 1 } }, 'validation_error'],
    ['a list as the token', { token: ['x'] }, 'validation_error'],
    ['null as the token', { token: null }, 'validation_error'],
    ['a token of ten kilobytes', { token: 'x'.repeat(10_000) }, 'validation_error'],
    ['a bulk option that is not a boolean', { bulk: 'yes' }, 'validation_error'],
    ['an unsigned token', { token: jwt.sign({ sub: '1', sid: 'x' }, '', { algorithm: 'none' }) }, 'unauthenticated'],
    ['a token with another signature', { token: jwt.sign({ sub: '1', sid: 'x' }, 'x'.repeat(40)) }, 'unauthenticated'],
  ] as const)
    it(`[HS1] refuses ${what} as ${code} (attack 39)`, async () => {
      for (const transport of ['websocket', 'polling']) assert.equal(await attempt(auth, {}, transport), code)
    })

  it('[HS1] accepts a token over both transports', async () => {
    for (const transport of ['websocket', 'polling'])
      assert.equal(await attempt({ token: ann.token }, {}, transport), 'ok')
  })

  for (const origin of [
    'https://evil.example',
    'null',
    `${friend}.evil.example`,
    'https://xapp.example.com',
    'http://app.example.com',
    'http://127.0.0.1:1',
  ])
    it(`[HS2] refuses the Origin ${origin} before anything else, over both transports (attack 40)`, async () => {
      for (const transport of ['websocket', 'polling'])
        assert.equal(await attempt({ token: ann.token }, { origin }, transport), 'not at all')
    })

  it('[HS2] accepts its own origin and a listed one', async () => {
    for (const origin of [server.url, friend]) assert.equal(await attempt({ token: ann.token }, { origin }), 'ok')
  })

  describe('with a cookie', () => {
    for (const name of ['auth_token', 'access_token'])
      it(`[HS3] accepts ${name} from an allowed Origin`, async () => {
        const cookie = `${name}=${ann.token}`
        assert.equal(await attempt({}, { cookie, origin: server.url }), 'ok')
        assert.equal(await attempt({}, { cookie, origin: friend }), 'ok')
      })

    it('[HS3] refuses a cookie without an Origin, or with a foreign one (attack 40)', async () => {
      const cookie = `auth_token=${ann.token}`
      for (const transport of ['websocket', 'polling']) {
        assert.equal(await attempt({}, { cookie }, transport), 'unauthenticated')
        assert.equal(await attempt({}, { cookie, origin: 'https://evil.example' }, transport), 'not at all')
      }
    })

    it('[HS3] prefers a token to the cookie', async () => {
      const cookie = `auth_token=${ann.token}`
      assert.equal(await attempt({ token: 'nonsense' }, { cookie, origin: server.url }), 'unauthenticated')
    })
  })

  it('[HS4] limits the sockets of one person, and others have a limit of their own (attack 60)', async () => {
    const bob = await server.user('bob')
    const held = [await bob.socket(), await bob.socket(), await bob.socket()]
    assert.equal(await attempt({ token: bob.token }), 'rate_limited')
    assert.equal(await attempt({ token: ann.token }), 'ok')
    held[0]!.disconnect()
    await listen(ann).then(({ socket }) => join(socket, ['tasks']))
  })

  it('[HS5] accepts a token until its session ends, and not after', async () => {
    const carl = await server.user('carl')
    await expect(carl.rest('POST', '/auth/logout', {}), 204)
    assert.equal(await attempt({ token: carl.token }), 'session_ended')
    const { body } = await expect(server.rest('POST', '/auth/login', { email: carl.email, password }), 200)
    assert.equal(await attempt({ token: body.access_token }), 'ok')
  })
})
