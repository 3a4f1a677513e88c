import assert from 'node:assert/strict'
import { io } from 'socket.io-client'
import { type Answer, type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

const origin = 'https://tasks.example'

describe('cookies over TLS', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer({ env: { PUBLIC_URL: origin } })
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const linesOf = ({ headers }: Answer) => headers.getSetCookie().map(line => line.split('; '))
  const signIn = async () =>
    linesOf(await expect(server.rest('POST', '/auth/login', { email: ann.email, password }), 200))
  const read = (cookie: string) => server.rest('GET', '/auth/me', undefined, { cookie })

  it('[CS7] have the prefix __Host-, and are for this host and TLS only (attack 72)', async () => {
    const lines = await signIn()
    const [access] = lines
    assert.match(access![0]!, /^__Host-auth_token=.{100}/)
    assert.deepEqual(access!.slice(1).toSorted(), ['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax', 'Secure'])
    for (const line of lines) {
      assert.ok(line.includes('Secure') && !line.some(part => part.startsWith('Domain')), line.join('; '))
      assert.ok(line.includes(line[0]!.startsWith('refresh_token') ? 'SameSite=Strict' : 'SameSite=Lax'))
    }
    assert.deepEqual(
      lines.map(([pair]) => pair!.split('=')[0]),
      ['__Host-auth_token', 'auth_token', 'refresh_token', 'csrf_token'],
    )
    assert.ok(lines[1]!.includes('Max-Age=0'), 'what is left from before goes')
  })

  it('[CS7] are read under both names; what a sibling domain has planted does not count beside the real one (attack 72)', async () => {
    assert.equal((await expect(read(`auth_token=${ann.token}`), 200)).body.id, ann.person.id)
    for (const cookie of [
      `__Host-auth_token=${ann.token}; auth_token=${bob.token}`,
      `auth_token=${bob.token}; access_token=${bob.token}; __Host-auth_token=${ann.token}`,
    ])
      assert.equal((await expect(read(cookie), 200)).body.id, ann.person.id)
    const twice = await read(`__Host-auth_token=${ann.token}; __Host-auth_token=${bob.token}`)
    refuses(twice, 'validation_error', ['Cookie'])
  })

  it('[CS7] write with the CSRF token of the session, and connect sockets', async () => {
    const [access, , , csrf] = (await signIn()).map(([pair]) => pair!)
    const token = csrf!.split('=')[1]!
    const write = (headers: object) =>
      server.rest('POST', '/tasks', { title: 'a' }, { cookie: access!, ...headers, origin })
    await expect(write({ 'x-csrf-token': token }), 201)
    refuses(await write({}), 'csrf_failed')
    const socket = io(server.url, {
      extraHeaders: { cookie: access!, origin, host: 'tasks.example' },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    })
    try {
      assert.equal((await socket.timeout(10_000).emitWithAck('join_room', { room: 'tasks' })).ok, true)
    } finally {
      socket.disconnect()
    }
  })

  it('[CS7] are all cleared by signing out', async () => {
    const { access_token } = (await expect(server.rest('POST', '/auth/login', { email: ann.email, password }), 200))
      .body
    const authorization = `Bearer ${access_token}`
    const cleared = linesOf(await expect(server.rest('POST', '/auth/logout', {}, { authorization }), 204))
    assert.deepEqual(cleared.map(([pair]) => pair!).toSorted(), [
      '__Host-auth_token=',
      'access_token=',
      'auth_token=',
      'csrf_token=',
      'refresh_token=',
    ])
    for (const line of cleared) assert.ok(line.includes('Max-Age=0'))
  })

  it('[CS2] writes nothing for another site, also when its request claims our origin (attack 65)', async () => {
    const [access, , , csrf] = (await signIn()).map(([pair]) => pair!)
    const headers = { cookie: access!, 'x-csrf-token': csrf!.split('=')[1]!, origin: server.url }
    const write = (more: object) => server.rest('POST', '/tasks', { title: 'a' }, { ...headers, ...more })
    refuses(await write({ 'sec-fetch-site': 'cross-site' }), 'csrf_failed')
    for (const site of ['same-origin', 'same-site', 'none']) await expect(write({ 'sec-fetch-site': site }), 201)
  })

  it('[WH8] does not take the cookie of a server at / for one of a server below a path', async () => {
    const below = await startServer({ env: { PUBLIC_URL: 'https://tasks.example/board' } })
    try {
      const eve = await below.user('eve')
      const answer = await expect(below.rest('POST', '/auth/login', { email: eve.email, password }), 200)
      const [access] = linesOf(answer)
      assert.match(access![0]!, /^auth_token=/)
      assert.ok(access!.includes('Path=/board/'))
      const cookie = `__Host-auth_token=${ann.token}; ${access![0]}`
      assert.equal((await expect(below.rest('GET', '/auth/me', undefined, { cookie }), 200)).body.id, eve.person.id)
    } finally {
      await below.close()
    }
  })
})
