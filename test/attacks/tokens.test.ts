import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { io } from 'socket.io-client'
import { isAPIError, refuses } from '../suites/answers.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'

/** The secret of this server, which the forgeries that need it are signed with. */
const secret = 'a secret for tests that has more than 32 characters'

describe('forged credentials', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const claims = () => jwt.decode(ann.token) as Record<string, unknown>
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = (changes: object, key = secret, algorithm: jwt.Algorithm = 'HS256') =>
    jwt.sign(JSON.parse(JSON.stringify({ ...claims(), ...changes })), key, { algorithm })
  const publicKey = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }) as string

  /** Each claims to be Ann, in her live session. */
  const forgeries: [attack: number, what: string, forge: () => string][] = [
    [1, 'the algorithm “none”', () => `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims())}.`],
    [1, 'no signature', () => ann.token.replace(/[^.]*$/, '')],
    [2, 'a public key as the secret', () => signed({}, publicKey())],
    [2, 'another algorithm with our secret', () => signed({}, secret, 'HS512')],
    [4, 'a start that is still to come', () => signed({ nbf: Math.floor(Date.now() / 1000) + 60 })],
    [5, 'another audience', () => signed({ aud: 'elsewhere' })],
    [5, 'no expiry', () => signed({ exp: undefined })],
    [7, 'a session of nobody', () => signed({ sid: '00000000-0000-4000-8000-000000000000' })],
    [7, 'the administrator as its person', () => signed({ sub: String(server.admin.person.id) })],
  ]

  /** The places that look at a token by themselves. */
  const doors: [string, string][] = [
    ['GET', '/api/v1/auth/me'],
    ['GET', '/api/v1/events?room=tasks&since=0'],
    ['POST', '/api/v1/tasks'],
    ['GET', '/api/v1/blog/media/1/file'],
    ['POST', '/ofrep/v1/evaluate/flags'],
    ['GET', '/metrics'],
    ['GET', '/scim/v2/Users'],
  ]

  /** @returns the code with which a socket is refused, or `ok` */
  const connecting = (token: string, transport: string) =>
    new Promise<string>(resolve => {
      const socket = io(server.url, { auth: { token }, transports: [transport], forceNew: true, reconnection: false })
      const end = (result: string) => {
        socket.disconnect()
        resolve(result)
      }
      socket.once('connect', () => end('ok'))
      socket.once('connect_error', (error: any) => end(error.data ? isAPIError(error.data).error.code : error.message))
    })

  for (const [attack, what, forge] of forgeries)
    it(`[AC6] a token with ${what} opens no door (attack ${attack})`, async () => {
      const token = forge()
      const authorization = `Bearer ${token}`
      for (const [method, path] of doors) {
        const body = method === 'POST' ? '{}' : null
        const headers = { authorization, 'content-type': 'application/json' }
        const { status } = await fetch(server.url + path, { method, headers, body })
        assert.ok(status === 401 || (path.includes('/file') && status === 404), `${method} ${path}: ${status}`)
      }
      for (const transport of ['websocket', 'polling'])
        assert.equal(await connecting(token, transport), attack === 7 ? 'session_ended' : 'unauthenticated', transport)
    })

  it('[AC6] the same doors are open to the real token, except where it needs a right (attack 1)', async () => {
    const headers = { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' }
    for (const [method, path] of doors) {
      const body = method === 'POST' ? '{}' : null
      const answer = await fetch(server.url + path, { method, headers, body })
      void answer.body?.cancel()
      // SCIM is for API keys only.
      assert.equal(answer.status === 401, path.startsWith('/scim'), `${method} ${path}: ${answer.status}`)
    }
    for (const transport of ['websocket', 'polling']) assert.equal(await connecting(ann.token, transport), 'ok')
  })

  it('[AC2] a password of 60 KB is refused on its field, and one of a megabyte unread (attack 15)', async () => {
    for (const [length, code, fields] of [
      [60_000, 'validation_error', ['password']],
      [1_000_000, 'payload_too_large', []],
    ] as const) {
      const password = 'x'.repeat(length)
      const account = { email: 'long@example.com', username: 'long', password }
      refuses(await server.rest('POST', '/auth/register', account), code, [...fields])
      refuses(await server.rest('POST', '/auth/login', { email: ann.email, password }), code, [...fields])
    }
    const long = 'x'.repeat(60_000)
    const change = await ann.rest('POST', '/auth/change-password', { current_password: long, new_password: long })
    refuses(change, 'validation_error', ['current_password', 'new_password'])
  })
})
