import assert from 'node:assert/strict'
import { type Answer, type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

describe('requests by cookie', () => {
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

  it('[CS1] may read without more', async () => {
    await expect(ask('GET'), 200)
    await expect(ask('GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), 200)
  })

  it('[CS1] may write with the token of the session', async () => {
    await expect(ask('POST', token()), 201)
    await expect(ask('POST', { ...token(), origin: server.url, 'sec-fetch-site': 'same-origin' }), 201)
    await expect(ask('POST', { ...token(), origin: friend, 'sec-fetch-site': 'cross-site' }), 201)
  })

  it('[CS1] the old cookie’s name works as well', async () => {
    const cookies = { access_token: jar.auth_token!, csrf_token: jar.csrf_token! }
    await expect(ask('GET', {}, cookies), 200)
    refuses(await ask('POST', {}, cookies), 'csrf_failed')
    await expect(ask('POST', token(), cookies), 201)
  })

  for (const [what, headers, cookies] of [
    ['no token', () => ({}), () => jar],
    ['an empty token', () => ({ 'x-csrf-token': '' }), () => jar],
    ['a token of one’s own making', () => ({ 'x-csrf-token': 'x' }), () => ({ ...jar, csrf_token: 'x' })],
    [
      'the token of another session',
      () => ({ 'x-csrf-token': others.csrf_token! }),
      () => ({ ...jar, csrf_token: others.csrf_token! }),
    ],
    ['the token in the cookie only', () => ({}), () => jar],
    ['a strange origin', () => ({ ...token(), origin: 'https://evil.example' }), () => jar],
    ['a hidden origin', () => ({ ...token(), origin: 'null' }), () => jar],
    ['an origin that looks like a listed one', () => ({ ...token(), origin: `${friend}.evil.example` }), () => jar],
    ['a page of another site', () => ({ ...token(), 'sec-fetch-site': 'cross-site' }), () => jar],
  ] as const)
    it(`[CS2] with ${what} nothing is written`, async () => {
      const before = await count()
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        refuses(await ask(method, headers(), cookies(), method === 'POST' ? '/tasks' : '/tasks/1'), 'csrf_failed')
      assert.equal(await count(), before)
    })

  it('[CS3] Bearer needs no token, and beats the cookie', async () => {
    const bob = await server.user('bob')
    const authorization = `Bearer ${bob.token}`
    const { body } = await expect(ask('POST', { authorization, origin: 'https://evil.example' }), 201)
    assert.equal(body.created_by, bob.person.id)
    refuses(await ask('GET', { authorization: 'Bearer nonsense' }), 'unauthenticated')
  })

  for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer a b', 'nonsense'])
    it(`[CS3] Authorization "${authorization}" is refused, cookie or not`, async () => {
      refuses(await ask('GET', { authorization }), 'unauthenticated')
    })

  it('[CS4] a token in the address is no credential', async () => {
    for (const name of ['token', 'access_token', 'auth_token', 'api_key'])
      refuses(await server.rest('GET', `/tasks?${name}=${ann.token}`), 'unauthenticated')
  })
})
