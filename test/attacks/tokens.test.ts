import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { io } from 'socket.io-client'
import { errorCodes, type ErrorCode } from '../../contract/index.ts'
import { isAPIError, refuses } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'
import { png, upload } from '../suites/media.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'

/** The secret of this server, which the forgeries that need it are signed with. */
const secret = 'a secret for tests that has more than 32 characters'

describe('forged credentials', () => {
  let server: TestServer
  let ann: Client
  let file: { url: string }
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    file = (await expect(upload(server, ann, [{ content: await png() }]), 201)).body
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
    [4, 'an end six seconds ago', () => signed({ exp: Math.floor(Date.now() / 1000) - 6 })],
    [5, 'no audience', () => signed({ aud: undefined })],
    [5, 'no issuer', () => signed({ iss: undefined })],
    [5, 'another issuer', () => signed({ iss: 'elsewhere' })],
    [5, 'another audience', () => signed({ aud: 'elsewhere' })],
    [5, 'no expiry', () => signed({ exp: undefined })],
    [7, 'a session of nobody', () => signed({ sid: '00000000-0000-4000-8000-000000000000' })],
    [7, 'the administrator as its person', () => signed({ sub: String(server.admin.person.id) })],
  ]

  const refusalOf: Record<string, ErrorCode> = { 'an end six seconds ago': 'token_expired' }

  /** Everything that looks at credentials by itself. */
  const doors = (): [method: string, path: string][] => [
    ['GET', '/api/v1/auth/me'],
    ['GET', '/api/v1/events?room=tasks&since=0'],
    ['POST', '/api/v1/tasks'],
    ['GET', file.url],
    ['POST', '/ofrep/v1/evaluate/flags'],
    ['GET', '/metrics'],
    ['GET', '/scim/v2/Users'],
  ]
  /** @returns the statuses of all doors, for a caller with these headers */
  const knock = (headers: Record<string, string>) =>
    Promise.all(
      doors().map(async ([method, path]) => {
        const init = { method, headers: { 'content-type': 'application/json', ...headers } }
        const answer = await fetch(server.url + path, method === 'POST' ? { ...init, body: '{}' } : init)
        await answer.arrayBuffer()
        return answer.status
      }),
    )
  /** @returns the codes with which sockets of both transports are refused, or `ok` */
  const connect = (auth: object) =>
    Promise.all(
      ['websocket', 'polling'].map(
        transport =>
          new Promise<string>(resolve => {
            const socket = io(server.url, { auth, transports: [transport], forceNew: true, reconnection: false })
            const end = (result: string) => {
              socket.disconnect()
              resolve(result)
            }
            socket.once('connect', () => end('ok'))
            socket.once('connect_error', (error: any) => end(error.data ? isAPIError(error.data).error.code : 'none'))
          }),
      ),
    )
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  async function opensNothing(headers: Record<string, string>, auth: object, code: ErrorCode) {
    const { status } = errorCodes[code]
    // SCIM takes no sessions, and so asks everybody with one for a key.
    assert.deepEqual(await knock(headers), [status, status, status, status, status, status, 401])
    assert.deepEqual(await connect(auth), [code, code])
  }

  it('[AC6] every door is open to a good token, and SCIM to none (attack 1)', async () => {
    // 400: the task has no title. 403: metrics need a right.
    assert.deepEqual(await knock(bearer(ann.token)), [200, 200, 400, 200, 200, 403, 401])
    assert.deepEqual(await connect({ token: ann.token }), ['ok', 'ok'])
  })

  for (const [attack, what, forge] of forgeries)
    it(`[AC6] a token with ${what} opens no door (attack ${attack})`, async () => {
      const token = forge()
      await opensNothing(
        bearer(token),
        { token },
        refusalOf[what] ?? (attack === 7 ? 'session_ended' : 'unauthenticated'),
      )
    })

  it('[AC15] a token opens no door after signing out, of its own session and no other (attack 23)', async () => {
    const { rest, token } = await server.login(ann.email)
    await expect(rest('POST', '/auth/logout', {}), 204)
    await opensNothing(bearer(token), { token }, 'session_ended')
    assert.deepEqual(await connect({ token: ann.token }), ['ok', 'ok'])
  })

  it('[AC16] a token from before the password changed opens no door (attack 8)', async () => {
    const bob = await server.user('bob')
    const change = { current_password: password, new_password: 'another horse 9' }
    const other = await server.login(bob.email)
    await expect(other.rest('POST', '/auth/change-password', change), 204)
    await opensNothing(bearer(bob.token), { token: bob.token }, 'session_ended')
  })

  it('[AC22] a token of a disabled account opens no door (attack 7)', async () => {
    const { person, token } = await server.user('carl')
    await expect(server.admin.rest('PUT', `/admin/users/${person.id}`, { is_active: false }), 200)
    await opensNothing(bearer(token), { token }, 'account_disabled')
  })

  describe('of API keys', () => {
    const opensNothingAsKey = async (api_key: string) => {
      assert.deepEqual(await knock({ 'x-api-key': api_key }), [401, 401, 401, 401, 401, 401, 401])
      assert.deepEqual(await knock(bearer(api_key)), [401, 401, 401, 401, 401, 401, 401])
      assert.deepEqual(await connect({ api_key }), ['unauthenticated', 'unauthenticated'])
    }

    it('[AK4] a key with another last character, or without a secret, opens no door (attack 20)', async () => {
      const { key } = await programOf(server, server.admin, ['admin'])
      const last = key.at(-1) === 'A' ? 'B' : 'A'
      for (const forged of [key.slice(0, -1) + last, key.slice(0, 16), key.slice(0, 15), `${key}A`, key.toUpperCase()])
        await opensNothingAsKey(forged)
    })

    it('[AK7] a revoked key opens no door (attack 20)', async () => {
      const { key, apiKey } = await programOf(server, server.admin, ['admin', 'tasks:read', 'media:read'])
      const open = await knock({ 'x-api-key': key })
      assert.deepEqual([open[1], open[6]], [200, 200])
      await expect(server.admin.rest('DELETE', `/api-keys/${apiKey.id}`), 204)
      await opensNothingAsKey(key)
    })
  })

  it('[AC13] a hundred exchanges of one refresh token at once give one successor (attack 11)', async () => {
    const eve = await server.user('eve')
    const exchange = (refresh_token: string) => server.rest('POST', '/auth/refresh', { refresh_token })
    const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(eve.refreshToken)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    const successors = [...new Set(answers.map(({ body }) => body.refresh_token as string))]
    assert.equal(successors.length, 1)
    await expect(exchange(successors[0]!), 200)
  })

  it('[AC2] a password of 60 KB is refused on its field, and one of a megabyte unread (attack 15)', async () => {
    for (const [length, code, fields] of [
      [60_000, 'validation_error', ['password']],
      [1_000_000, 'payload_too_large', []],
    ] as const) {
      const long = 'x'.repeat(length)
      const account = { email: 'long@example.com', username: 'long', password: long }
      refuses(await server.rest('POST', '/auth/register', account), code, [...fields])
      refuses(await server.rest('POST', '/auth/login', { email: ann.email, password: long }), code, [...fields])
    }
    const long = 'x'.repeat(60_000)
    const change = await ann.rest('POST', '/auth/change-password', { current_password: long, new_password: long })
    refuses(change, 'validation_error', ['current_password', 'new_password'])
  })

  it('[AC17] a reset token is not guessed, and guesses do not use up the real one (attack 18)', async () => {
    const dora = await server.user('dora')
    const reset = await expect(server.admin.rest('POST', `/admin/users/${dora.person.id}/reset-password`, {}), 200)
    const { reset_token: token } = reset.body
    const set = (guess: string) =>
      server.rest('POST', '/auth/reset-password', { token: guess, new_password: 'horse 7 stable' })
    const [first, last] = [token.slice(0, -1), token.at(-1)]
    const guesses = [...'AQgw'].filter(one => one !== last).map(one => first + one)
    for (const guess of [...guesses, token.toUpperCase(), token.slice(1), `${token}x`, '0'.repeat(token.length)])
      if (guess !== token) refuses(await set(guess), 'validation_error', ['token'])
    await expect(set(token), 204)
    refuses(await set(token), 'validation_error', ['token'])
  })
})
