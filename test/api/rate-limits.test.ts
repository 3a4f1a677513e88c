import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { type Program, programOf } from '../suites/api-keys.ts'
import { isBeyond, limitsOf } from '../suites/rate-limits.ts'

const limit = 40

describe('rate limits', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({
      env: { RATE_LIMIT_FREE: String(limit), RATE_LIMIT_PRO: '100', TRUST_PROXY: '1' },
      page: true,
    })
  })
  after(() => server.close())
  const resetAll = () => expect(server.admin.rest('POST', '/rate-limits/reset', { all: true }), 200)
  beforeEach(resetAll)

  const from = (address: string, path = '/auth/options') =>
    server.rest('GET', path, undefined, { 'x-forwarded-for': address })
  const use = async (client: Client, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => client.rest('GET', '/auth/me')))
    return answers.filter(({ status }) => status === 200).length
  }

  it('[RL1] serves as many calls of a person as the tier allows, and refuses more', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    assert.equal(await use(ann, 60), limit)
    const refused = await ann.rest('GET', '/tasks')
    isBeyond(refused, 'free')
    assert.equal(limitsOf(refused)[0]!.remaining, 0)
    isBeyond(await ann.rest('POST', '/tasks', { title: 'a' }), 'free')
    assert.equal(await use(bob, 1), 1, 'another person has a limit of their own')
  })

  it('[RL1] gives the tier pro and administrators more, from the next call on', async () => {
    const ann = await server.user('ann')
    assert.equal(await use(ann, 60), limit)
    await expect(server.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' }), 200)
    await resetAll()
    assert.equal(await use(ann, 120), 100)
    assert.equal(limitsOf(await server.admin.rest('GET', '/auth/me'))[0]!.name, 'admin')
    assert.equal(limitsOf(await server.admin.rest('GET', '/auth/me'))[0]!.limit, 1_000)
  })

  it('[RL1] counts clients that are not signed in by their address, and a network of IPv6 as one', async () => {
    for (let nth = 0; nth < limit; nth++)
      await expect(from(nth % 2 ? '2001:db8:1:2::1' : `[2001:db8:1:2::${nth}]:443`), 200)
    isBeyond(await from('2001:db8:1:2:ffff::9'), 'address')
    await expect(from('2001:db8:1:3::1'), 200)
    refuses(await from('2001:db8:1:3::1', '/tasks'), 'unauthenticated')
  })

  it('[RL1] counts from anew when the window is over', async () => {
    const short = await startServer({ env: { RATE_LIMIT_FREE: '5' }, tuning: { limitWindowSeconds: 1 } })
    try {
      await eventually(async () => isBeyond(await short.rest('GET', '/auth/options'), 'address'))
      await eventually(async () => void (await expect(short.rest('GET', '/auth/options'), 200)))
    } finally {
      await short.close()
    }
  })

  it('[RL1] never judges somebody by a token that is not one of ours', async () => {
    const ann = await server.user('ann')
    const forged = `${ann.token.slice(0, -4)}AAAA`
    for (let nth = 0; nth < 3; nth++)
      refuses(await server.rest('GET', '/tasks', undefined, { authorization: `Bearer ${forged}` }), 'unauthenticated')
    assert.equal(limitsOf(await ann.rest('GET', '/auth/me'))[0]!.remaining, limit - 1)
  })

  it('[RL11] gives each API key its own limit, and all keys of a person together that of the person once more', async () => {
    const ann = await server.user('ann')
    const small = await programOf(server, ann, ['tasks:read', 'account:read'], { rate_limit: 10 })
    const large = await programOf(server, ann, ['tasks:read'], { rate_limit: 500 })
    const call = async ({ rest }: Program, times: number) => {
      const answers = []
      for (let nth = 0; nth < times; nth++) answers.push(await rest('GET', '/tasks'))
      return answers.filter(({ status }) => status === 200).length
    }
    assert.equal(await call(small, 9), 9)
    const { body } = await expect(small.rest('GET', '/rate-limits/status'), 200)
    assert.deepEqual(
      body.data.limits.map((one: any) => [one.name, one.limit, one.remaining]),
      [
        ['api_key', 10, 0],
        ['free', limit, limit - 10],
      ],
    )
    for (let nth = 0; nth < 3; nth++) isBeyond(await small.rest('GET', '/tasks'), 'api_key')
    const [own, all] = limitsOf(await large.rest('GET', '/tasks'))
    assert.deepEqual([own!.name, own!.limit, all!.name, all!.remaining], ['api_key', limit, 'free', limit - 11])
    assert.equal(await call(large, 60), limit - 11)
    isBeyond(await large.rest('GET', '/tasks'), 'free')
    // Programs take nothing from the person.
    assert.ok(limitsOf(await ann.rest('GET', '/auth/me'))[0]!.remaining >= limit - 4)

    await expect(server.admin.rest('POST', '/rate-limits/reset', { api_key_id: small.apiKey.id }), 200)
    isBeyond(await small.rest('GET', '/tasks'), 'free')
    await expect(server.admin.rest('POST', '/rate-limits/reset', { user_id: ann.person.id }), 200)
    assert.equal(await call(small, 11), 10)
    isBeyond(await small.rest('GET', '/tasks'), 'api_key')
    // The limits of each key go with those of its owner.
    await expect(server.admin.rest('POST', '/rate-limits/reset', { user_id: ann.person.id }), 200)
    assert.equal(await call(small, 1), 1)
  })

  it('[RL11] counts keys that are none at the address', async () => {
    const wrong = () =>
      server.rest('GET', '/tasks', undefined, { 'x-api-key': 'tw_nonsense', 'x-forwarded-for': '192.0.2.7' })
    for (let nth = 0; nth < limit; nth++) refuses(await wrong(), 'unauthenticated')
    isBeyond(await wrong(), 'address')
  })

  it('[RL11] counts calls at the address that nobody needs a key for, whatever they show as one', async () => {
    const shown = { 'x-api-key': 'x', 'x-forwarded-for': '203.0.113.70' }
    const body = { email: 'nobody@example.com', password: 'long enough' }
    const [options, nowhere] = await Promise.all(
      ['/auth/options', '/nothing'].map(path => server.rest('GET', path, undefined, shown)),
    )
    assert.deepEqual([options!.status, nowhere!.status], [200, 404])
    assert.equal(limitsOf(nowhere!)[0]!.name, 'address')
    for (let n = 2; n < limit; n++) await expect(server.rest('GET', '/auth/options', undefined, shown), 200)
    isBeyond(await server.rest('GET', '/auth/options', undefined, shown), 'address')
    isBeyond(await server.rest('POST', '/auth/login', body, shown), 'address')
  })

  it('[RL2] says in every answer what is left, whatever the answer is', async () => {
    const ann = await server.user('ann')
    const task = await addTask(ann)
    let remaining = limit - 1
    const asked: [string, string, unknown, Record<string, string>, number][] = [
      ['GET', '/tasks', undefined, {}, 200],
      ['GET', `/tasks/${task.id}`, undefined, { 'if-none-match': '"1"' }, 304],
      ['POST', '/tasks', { title: '' }, {}, 400],
      ['POST', '/tasks', '{', {}, 400],
      ['GET', '/admin/users', undefined, {}, 403],
      ['GET', '/tasks/999999', undefined, {}, 404],
      ['GET', '/nothing', undefined, {}, 404],
      ['PUT', '/tasks', {}, {}, 405],
      ['DELETE', `/tasks/${task.id}`, undefined, { 'if-match': '"7"' }, 412],
      ['DELETE', `/tasks/${task.id}`, undefined, {}, 204],
      ['GET', '/openapi.json', undefined, {}, 200],
    ]
    for (const [method, path, body, headers, status] of asked) {
      const answer = await expect(ann.rest(method, path, body, headers), status)
      assert.deepEqual(limitsOf(answer), [
        { name: 'free', limit, windowSeconds: 60, remaining: --remaining, seconds: limitsOf(answer)[0]!.seconds },
      ])
    }
    const [stranger] = limitsOf(await from('192.0.2.1', '/tasks'))
    assert.deepEqual([stranger!.name, stranger!.remaining], ['address', limit - 1])
  })

  it('[RL2] counts calls of a session that has ended, and calls that lead nowhere, for their person', async () => {
    const ann = await server.user('ann')
    const other = await server.login(ann.email)
    await expect(other.rest('GET', '/auth/me'), 200)
    await expect(other.rest('POST', '/auth/logout', {}), 204)
    const over = await other.rest('GET', '/auth/me')
    refuses(over, 'session_ended')
    assert.deepEqual(
      limitsOf(over).map(({ name, remaining }) => [name, remaining]),
      [['free', limit - 3]],
    )
    for (let nth = 0; nth < limit - 3; nth++) await expect(ann.rest('GET', '/nothing'), 404)
    await ann.rest('GET', '/nothing')
    isBeyond(await ann.rest('GET', '/nothing'), 'free')
    isBeyond(await other.rest('GET', '/auth/me'), 'free')
  })

  it('[RL2] leaves out health and the page, which nobody should be kept from', async () => {
    for (const path of ['/api/v1/health', '/api/health/ready', '/api/v1/system/health', '/', '/board', '/favicon.svg'])
      assert.deepEqual(limitsOf((await fetch(`${server.url}${path}`)) as never), [], path)
  })

  it('[RL3] takes more for what costs more, and nothing for what is refused because of that', async () => {
    const ann = await server.user('ann')
    const left = async () => limitsOf(await ann.rest('GET', '/auth/me'))[0]!.remaining
    assert.equal(await left(), limit - 1)
    await expect(ann.rest('GET', '/tasks?search=a'), 200)
    await expect(ann.rest('GET', '/tasks?search=a&page_size=1'), 200)
    assert.equal(await left(), limit - 5)
    const bulk = () => ann.rest('POST', '/tasks/bulk-delete', { task_ids: [999] })
    for (let nth = 0; nth < 3; nth++) await expect(bulk(), 200)
    assert.equal(await left(), 4)
    isBeyond(await bulk(), 'free')
    assert.equal(await left(), 2)
  })

  it('[RL7] tells people their limits', async () => {
    const ann = await server.user('ann')
    refuses(await server.rest('GET', '/rate-limits/status'), 'unauthenticated')
    const answer = await expect(ann.rest('GET', '/rate-limits/status'), 200)
    const [told] = limitsOf(answer)
    const { tier, limits } = answer.body.data
    assert.equal(tier, 'free')
    const [{ reset_at, ...rest }] = limits
    assert.deepEqual(rest, { name: 'free', limit, remaining: told!.remaining, window_seconds: 60 })
    assert.ok(Math.abs(Date.parse(reset_at) - Date.now() - told!.seconds * 1_000) < 2_000)
  })

  it('[RL7] lets administrators reset the limit of a person, of an address, or all, and audits it', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const reset = (body: object) => server.admin.rest('POST', '/rate-limits/reset', body)
    for (const one of [ann, bob]) assert.equal(await use(one, 60), limit)
    for (let nth = 0; nth <= limit; nth++) await from('192.0.2.1')

    assert.equal((await expect(reset({ user_id: ann.person.id }), 200)).body.data.reset_count, 1)
    assert.equal(await use(ann, 1), 1)
    isBeyond(await bob.rest('GET', '/auth/me'), 'free')
    assert.equal((await expect(reset({ ip: '192.0.2.1' }), 200)).body.data.reset_count, 1)
    await expect(from('192.0.2.1'), 200)
    assert.equal((await expect(reset({ api_key_id: 4 }), 200)).body.data.reset_count, 0)
    assert.ok((await expect(reset({ all: true }), 200)).body.data.reset_count >= 2)
    assert.equal(await use(bob, 1), 1)

    const { results } = (await expect(server.admin.rest('GET', '/audit/logs?action=rate_limits.reset'), 200)).body.data
    const entries = results
      .slice(0, 4)
      .map(({ resource, resource_id, details }: any) => [resource, resource_id, details])
    assert.deepEqual(entries, [
      ['rate_limits', null, { all: true }],
      ['api_key', 4, {}],
      ['rate_limits', null, { network: '192.0.2.1' }],
      ['user', ann.person.id, {}],
    ])
  })

  for (const [what, body, field] of [
    ['nothing', {}, 'all'],
    ['two things', { user_id: 1, all: true }, 'all'],
    ['no address', { ip: 'localhost' }, 'ip'],
    ['an address with a port', { ip: '1.2.3.4:80' }, 'ip'],
    ['all that is not', { all: false }, 'all'],
  ] as const)
    it(`[RL7] refuses to reset ${what}`, async () => {
      refuses(await (await server.user('x')).rest('POST', '/rate-limits/reset', body), 'forbidden')
      refuses(await server.admin.rest('POST', '/rate-limits/reset', body), 'validation_error', [field])
    })

  it('[RL9] are off when the configuration says so', async () => {
    const open = await startServer({
      env: { RATE_LIMIT_ENABLED: 'false', RATE_LIMIT_FREE: '1', RATE_LIMIT_LOGIN: '1' },
    })
    try {
      const ann = await open.user('ann')
      const wrong = () => open.rest('POST', '/auth/login', { email: ann.email, password: 'wrong' })
      for (let nth = 0; nth < 3; nth++) refuses(await wrong(), 'invalid_credentials')
      assert.equal(await use(ann, 5), 5)
      const { body, headers } = await expect(ann.rest('GET', '/rate-limits/status'), 200)
      assert.deepEqual(body.data, { tier: 'free', limits: [] })
      assert.deepEqual(limitsOf({ headers }), [])
    } finally {
      await open.close()
    }
  })
})
