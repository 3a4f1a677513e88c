import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { io } from 'socket.io-client'
import { type Answer, type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { programOf } from '../suites/api-keys.ts'
import { masked, refuses } from '../suites/answers.ts'

describe('requests with a cookie', () => {
  const friend = 'https://app.example.com'
  let server: TestServer
  let ann: Client
  let jar: Record<string, string>
  let others: Record<string, string>
  const cookiesOf = ({ headers }: Answer): Record<string, string> =>
    Object.fromEntries(headers.getSetCookie().map(line => line.split(';')[0]!.split('=') as [string, string]))
  const signIn = async (email: string) =>
    cookiesOf(await expect(server.rest('POST', '/auth/login', { email, password }), 200))
  before(async () => {
    server = await startServer({ env: { CORS_ORIGINS: friend } })
    ann = await server.user('ann')
    jar = await signIn(ann.email)
    others = await signIn(ann.email)
  })
  after(() => server.close())

  const ask = (method: string, headers: Record<string, string> = {}, cookies = jar, path = '/tasks') => {
    const cookie = Object.entries(cookies)
      .map(pair => pair.join('='))
      .join('; ')
    return server.rest(method, path, method === 'GET' ? undefined : { title: 'x' }, { cookie, ...headers })
  }
  const token = () => ({ 'x-csrf-token': jar.csrf_token! })
  const count = async () => (await ann.rest('GET', '/tasks?page_size=1')).body.count

  it('[CK5] gives each cookie a lifetime instead of a date, and clears it with the attributes that it was set with', async () => {
    const { email } = await server.user('clocks')
    const login = await expect(server.rest('POST', '/auth/login', { email, password }), 200)
    const scope = (line: string) => line.replace(/^([^=]+)=[^;]*/, '$1').replace(/Max-Age=\d+; /, '')
    const set = login.headers.getSetCookie()
    for (const line of set) {
      assert.match(line, /; Max-Age=2592000;/)
      assert.doesNotMatch(line, /expires/i)
    }
    const authorization = `Bearer ${login.body.access_token}`
    const out = await expect(server.rest('POST', '/auth/logout', {}, { authorization }), 204)
    const cleared = out.headers.getSetCookie()
    for (const line of cleared) assert.match(line, /=; Max-Age=0;/)
    assert.deepEqual(
      set.map(scope).toSorted(),
      cleared
        .map(scope)
        .filter(line => !line.startsWith('access_token'))
        .toSorted(),
    )
  })

  it('[CS1] may read without a CSRF token', async () => {
    await expect(ask('GET'), 200)
    await expect(ask('GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), 200)
  })

  it('[CS1] may write with the CSRF token of the session', async () => {
    await expect(ask('POST', token()), 201)
    await expect(ask('POST', { ...token(), origin: server.url, 'sec-fetch-site': 'same-origin' }), 201)
    await expect(ask('POST', { ...token(), origin: friend, 'sec-fetch-site': 'cross-site' }), 201)
  })

  it('[CS1] accepts the old name of the cookie as well', async () => {
    const cookies = { access_token: jar.auth_token!, csrf_token: jar.csrf_token! }
    await expect(ask('GET', {}, cookies), 200)
    refuses(await ask('POST', {}, cookies), 'csrf_failed')
    await expect(ask('POST', token(), cookies), 201)
  })

  async function writesNothing(headers: Record<string, string>, cookies = jar) {
    const before = await count()
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      refuses(await ask(method, headers, cookies, method === 'POST' ? '/tasks' : '/tasks/1'), 'csrf_failed')
    assert.equal(await count(), before)
  }

  for (const [what, headers] of [
    ['no token but that of the cookie', () => ({})],
    ['an empty token', () => ({ 'x-csrf-token': '' })],
    ['a foreign origin', () => ({ ...token(), origin: 'https://evil.example' })],
    ['a hidden origin', () => ({ ...token(), origin: 'null' })],
    ['an origin that looks like a listed one', () => ({ ...token(), origin: `${friend}.evil.example` })],
    ['a page of another site', () => ({ ...token(), 'sec-fetch-site': 'cross-site' })],
  ] as const)
    it(`[CS2] writes nothing with ${what} (attack 65)`, () => writesNothing(headers()))

  for (const [what, csrf] of [
    ['an invented token', () => 'x'],
    ['the token of another session', () => others.csrf_token!],
  ] as const)
    it(`[CS2] writes nothing with ${what} in the cookie and the header (attack 67)`, () =>
      writesNothing({ 'x-csrf-token': csrf() }, { ...jar, csrf_token: csrf() }))

  describe('refreshing with a cookie', () => {
    const refreshBy = (cookies: Record<string, string>, headers: Record<string, string>) => {
      const cookie = Object.entries(cookies)
        .map(pair => pair.join('='))
        .join('; ')
      return server.rest('POST', '/auth/refresh', {}, { cookie, ...headers })
    }
    let fresh: Record<string, string>
    beforeEach(async () => (fresh = await signIn(ann.email)))

    it('[CS5] works with the CSRF token of the session, also without an access token', async () => {
      const { refresh_token, csrf_token } = fresh as { refresh_token: string; csrf_token: string }
      const answer = await expect(refreshBy({ refresh_token }, { 'x-csrf-token': csrf_token }), 200)
      const next = cookiesOf(answer)
      assert.equal(next.csrf_token, csrf_token)
      await expect(refreshBy({ ...next }, { 'x-csrf-token': csrf_token, origin: server.url }), 200)
    })

    for (const [what, cookies, header] of [
      ['no token', () => ({}), () => undefined],
      ['a pair that a sibling domain has set', () => ({ csrf_token: 'mine' }), () => 'mine'],
      ['the pair of another session', () => ({ csrf_token: others.csrf_token! }), () => others.csrf_token!],
      ['the token in the cookie only', () => ({}), () => ''],
      ['a token that is not ASCII', () => ({}), () => 'é'.repeat(43)],
    ] as const)
      it(`[CS5] exchanges, spends and ends nothing with ${what} (attack 67)`, async () => {
        const csrf = header()
        const asked = () => refreshBy({ ...fresh, ...cookies() }, csrf === undefined ? {} : { 'x-csrf-token': csrf })
        for (const _ of [1, 2]) refuses(await asked(), 'csrf_failed')
        const [row] = await server.query<{ count: number }>(
          'select count(*)::int from refresh_tokens where spent_at is not null and session_id = (select session_id from refresh_tokens where hash = $1)',
          [createHash('sha256').update(fresh.refresh_token!).digest()],
        )
        assert.equal(row!.count, 0)
        await expect(refreshBy(fresh, { 'x-csrf-token': fresh.csrf_token! }), 200)
      })

    it('[CS5] gives an unknown refresh cookie the same answer as a wrong token', async () => {
      const asked = (refresh_token: string, csrf: string) =>
        refreshBy({ refresh_token, csrf_token: csrf }, { 'x-csrf-token': csrf })
      const answers = [
        await asked(fresh.refresh_token!, others.csrf_token!),
        await asked('A'.repeat(43), others.csrf_token!),
        await asked('nonsense', others.csrf_token!),
        await asked('A'.repeat(43), createHmac('sha256', 'csrf:').update('none').digest('base64url')),
      ].map(masked)
      for (const answer of answers) assert.deepEqual(answer, answers[0])
    })

    it('[CS5] refuses to refresh for a page of another site, whatever it knows', async () => {
      const csrf = { 'x-csrf-token': fresh.csrf_token! }
      refuses(await refreshBy(fresh, { ...csrf, origin: 'https://evil.example' }), 'csrf_failed')
      refuses(await refreshBy(fresh, { ...csrf, 'sec-fetch-site': 'cross-site' }), 'csrf_failed')
    })
  })

  describe('duplicate cookies', () => {
    const names = ['auth_token', 'access_token', 'refresh_token', 'csrf_token']
    for (const name of names)
      it(`[CS6] refuses a duplicate ${name} cookie, whatever its values and whoever asks`, async () => {
        const own = { auth_token: jar.auth_token!, csrf_token: jar.csrf_token! }[name] ?? 'x'
        const base = `auth_token=${jar.auth_token}; csrf_token=${jar.csrf_token}; other=1`
        const rest = base.split('; ').filter(pair => !pair.startsWith(`${name}=`))
        for (const [one, two] of [
          [own, 'planted'],
          ['planted', own],
          [own, own],
          ['', own],
        ]) {
          const cookie = [`${name}=${one}`, ...rest, `${name}=${two}`].join('; ')
          for (const [method, path] of [
            ['GET', '/tasks'],
            ['POST', '/auth/refresh'],
            ['POST', '/auth/login'],
          ] as const) {
            const body = method === 'GET' ? undefined : {}
            const answer = await server.rest(method, path, body, { cookie, ...token() })
            assert.match(refuses(answer, 'validation_error', ['Cookie']).field_errors!.Cookie![0]!, new RegExp(name))
          }
        }
      })

    it('[CS6] ignores duplicates of other people’s cookies', async () => {
      const cookie = `a=1; auth_token=${jar.auth_token}; a=2; Auth_Token=3; =4; auth_token2=5`
      await expect(server.rest('GET', '/tasks', undefined, { cookie }), 200)
    })

    it('[CS6] refuses duplicates at the socket door too', async () => {
      const attempt = (cookie: string) =>
        new Promise<string>(resolve => {
          const extraHeaders = { cookie, origin: server.url }
          const socket = io(server.url, {
            extraHeaders,
            transports: ['websocket'],
            forceNew: true,
            reconnection: false,
          })
          const end = (result: string) => {
            socket.disconnect()
            resolve(result)
          }
          socket.once('connect', () => end('ok'))
          // The refusal with 400 comes before there is a socket: a WebSocket reports no more than that to its client.
          socket.once('connect_error', () => end('refused'))
        })
      const mine = `auth_token=${jar.auth_token}`
      assert.equal(await attempt(mine), 'ok')
      for (const cookie of [`${mine}; ${mine}`, `${mine}; auth_token=x`, `auth_token=x; ${mine}`])
        assert.equal(await attempt(cookie), 'refused')
    })
  })

  it('[CS3] accepts Bearer and API keys without a CSRF token, and prefers Bearer to the cookie (attack 68)', async () => {
    const bob = await server.user('bob')
    const program = await programOf(server, bob, ['tasks:write'])
    for (const { rest } of [bob, program]) await expect(rest('POST', '/tasks', { title: 'x' }), 201)
    const authorization = `Bearer ${bob.token}`
    const { body } = await expect(ask('POST', { authorization, origin: 'https://evil.example' }), 201)
    assert.equal(body.created_by, bob.person.id)
    refuses(await ask('GET', { authorization: 'Bearer nonsense' }), 'unauthenticated')
  })

  for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer a b', 'nonsense'])
    it(`[CS3] refuses Authorization "${authorization}", with or without a cookie`, async () => {
      refuses(await ask('GET', { authorization }), 'unauthenticated')
    })

  it('[CS4] does not accept a token in the address as a credential', async () => {
    for (const name of ['token', 'access_token', 'auth_token', 'api_key'])
      refuses(await server.rest('GET', `/tasks?${name}=${ann.token}`), 'unauthenticated')
  })
})
