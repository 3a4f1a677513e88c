import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask } from '../suites/answers.ts'
import { rawRequest } from '../suites/raw-request.ts'
import { position } from '../suites/event-log.ts'
import { eventually } from '../support/eventually.ts'

describe('headers of answers', () => {
  const friend = 'https://app.example.com'
  let server: TestServer
  let ann: Client
  let task: any
  before(async () => {
    server = await startServer({ env: { CORS_ORIGINS: friend } })
    ann = await server.user('ann')
    task = await addTask(ann)
  })
  after(() => server.close())

  const get = (path: string, headers: Record<string, string> = {}) => ann.rest('GET', path, undefined, headers)

  describe('X-Request-Id', () => {
    for (const id of ['abc', 'a.b_c:d-1', 'x'.repeat(100)])
      it(`[HT4] keeps ${id.slice(0, 12)}`, async () => {
        for (const path of ['/tasks', '/tasks/999999', '/nothing']) {
          const { headers, body } = await get(path, { 'x-request-id': id })
          assert.equal(headers.get('x-request-id'), id)
          if (path !== '/tasks') assert.equal(body.request_id, id)
        }
      })
    for (const id of ['', 'x'.repeat(101), 'a b', '<script>', 'é', '"'])
      it(`[HT4] replaces ${JSON.stringify(id.slice(0, 12))} with a generated id`, async () => {
        const { headers } = await get('/tasks', { 'x-request-id': id })
        assert.match(headers.get('x-request-id')!, /^[0-9a-f-]{36}$/)
      })
    it('[HT4] differs from answer to answer', async () => {
      const ids = await Promise.all([1, 2, 3].map(async () => (await get('/tasks')).headers.get('x-request-id')))
      assert.equal(new Set(ids).size, 3)
    })
  })

  for (const [path, method] of [
    ['/tasks', 'GET'],
    ['/nothing', 'GET'],
    ['/tasks', 'DELETE'],
    ['/tasks/x', 'GET'],
    ['/health', 'GET'],
  ] as const)
    it(`[HT5] reports its time in seconds and sends the security headers on ${method} ${path}`, async () => {
      for (const client of [ann, server]) {
        const { headers } = await client.rest(method, path)
        const seconds = headers.get('x-process-time')!
        assert.ok(/^\d+\.\d+$/.test(seconds) && Number(seconds) < 10, seconds)
        const policy = "default-src 'none';frame-ancestors 'none'"
        assert.deepEqual(
          [
            'cache-control',
            'content-security-policy',
            'x-content-type-options',
            'referrer-policy',
            'x-frame-options',
            'x-powered-by',
          ].map(name => headers.get(name)),
          ['no-store', policy, 'nosniff', 'no-referrer', 'DENY', null],
        )
        assert.ok(headers.get('cross-origin-resource-policy'))
      }
    })

  for (const path of [
    '/board',
    '/none.txt',
    '/docs',
    '/docs/none',
    '/metrics',
    '/openapi.json',
    '/socket.io/?EIO=4&transport=polling',
    '/socket.io/?EIO=3&transport=polling',
    '/ofrep/v1/stream',
    '/api/v1/%zz',
    '//api/v1/tasks',
    '/%00',
  ])
    it(`[HT5] lets browsers run, frame and share nothing of ${path}`, async () => {
      const { headers, text } = await fetch(server.url + path).then(async got => ({
        headers: got.headers,
        text: await got.text(),
      }))
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.match(headers.get('content-security-policy')!, /default-src '(none|self)';.*frame-ancestors 'none'/)
      assert.equal(headers.get('x-powered-by'), null)
      if (headers.get('content-type')?.startsWith('application/json'))
        assert.match(headers.get('x-api-version') ?? '0.0.0', /^\d+\.\d+\.\d+/)
      assert.doesNotMatch(text, /node_modules|\.ts:\d|at Object/)
    })

  describe('the content security policy of the page', () => {
    const policyOf = async (at: TestServer, host: string) => {
      const { status, headers } = await rawRequest(at.url, ['GET /board HTTP/1.1', `Host: ${host}`])
      return [status, /content-security-policy: .*?connect-src ([^;\r]*)/.exec(headers)?.[1]]
    }

    it('[HT11] allows connections to the host of the page only', async () => {
      for (const host of [new URL(server.url).host, 'tasks.example.com', '[::1]:3000'])
        assert.deepEqual(await policyOf(server, host), [404, `'self' ws://${host} wss://${host}`])
    })

    it('[HT11] adds nothing for an invalid Host', async () => {
      for (const host of ['a;script-src *', 'a b', "a'unsafe-inline'", '*', 'https://evil.example'])
        assert.deepEqual(await policyOf(server, host), [400, `'self'`])
    })

    it('[HT11] names the public address whatever the Host is, and only wss over TLS', async () => {
      const behind = await startServer({ env: { PUBLIC_URL: 'https://tasks.example.com', TRUST_PROXY: '1' } })
      try {
        for (const host of ['10.0.0.1:3000', 'evil.example'])
          assert.deepEqual(await policyOf(behind, host), [404, `'self' wss://tasks.example.com`])
      } finally {
        await behind.close()
      }
    })
  })

  describe('the position in the log', () => {
    it('[HT6] is in each list and in each resource that is read', async () => {
      const project = await addProject(ann)
      const paths = [
        '/tasks',
        '/tasks?cursor=',
        `/tasks/${task.id}`,
        '/projects',
        `/projects/${project.id}`,
        `/projects/${project.id}/members`,
      ]
      const last = await position(server)
      for (const path of paths) {
        const { headers } = await eventually(async () => {
          const answer = await expect(get(path), 200)
          assert.equal(Number(answer.headers.get('x-event-offset')), last)
          return answer
        })
        assert.match(headers.get('x-event-epoch')!, /^[0-9a-f-]{36}$/)
      }
    })

    it('[HT6] is never ahead of the answer: a join from there misses nothing', async () => {
      const made: number[] = []
      const writing = (async () => {
        for (let n = 0; n < 15; n++) made.push((await addTask(ann)).id)
      })()
      const answers = []
      for (let n = 0; n < 15; n++) answers.push(await get('/tasks?page_size=100'))
      await writing
      await position(server)
      for (const { headers, body } of answers) {
        const since = headers.get('x-event-offset')
        const { results } = (await expect(get(`/events?room=tasks&since=${since}&limit=1000`), 200)).body
        const listed = [...body.results, ...results.map(({ payload }: any) => payload.task)].map(({ id }) => id)
        assert.deepEqual(
          made.filter(id => !listed.includes(id)),
          [],
        )
      }
    })
  })

  describe('CORS', () => {
    it('[HT7] lets a listed origin read answers and their headers, with credentials', async () => {
      const { headers } = await get('/tasks', { origin: friend })
      assert.equal(headers.get('access-control-allow-origin'), friend)
      assert.equal(headers.get('access-control-allow-credentials'), 'true')
      const exposed = headers.get('access-control-expose-headers')!.toLowerCase().split(/, ?/)
      for (const name of [
        'etag',
        'location',
        'retry-after',
        'x-request-id',
        'x-process-time',
        'x-event-epoch',
        'x-event-offset',
        'x-api-version',
        'ratelimit',
        'ratelimit-policy',
        'x-ratelimit-limit',
        'x-ratelimit-remaining',
        'x-ratelimit-reset',
      ])
        assert.ok(exposed.includes(name), name)
      assert.match(headers.get('vary') ?? '', /Origin/i)
    })

    it('[HT7] lets a listed origin read errors too', async () => {
      const { headers } = await get('/tasks/999999', { origin: friend })
      assert.equal(headers.get('access-control-allow-origin'), friend)
    })

    it('[HT7] answers a preflight of a listed origin with what it may send', async () => {
      const asked = {
        origin: friend,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'if-match,idempotency-key',
      }
      const { status, headers } = await server.rest('OPTIONS', '/tasks/1', undefined, asked)
      assert.deepEqual([status, headers.get('access-control-allow-origin')], [204, friend])
      assert.match(headers.get('access-control-allow-methods')!, /PATCH/)
      assert.match(headers.get('access-control-allow-headers')!, /if-match/i)
    })

    for (const origin of [
      'https://evil.example',
      'null',
      `${friend}.evil.example`,
      'https://xapp.example.com',
      'http://app.example.com',
      `${friend}:444`,
    ])
      it(`[HT7] lets ${origin} read nothing, at any door (attack 69)`, async () => {
        const headers = { origin, authorization: `Bearer ${ann.token}`, 'access-control-request-method': 'POST' }
        const doors = [
          '/api/v1/tasks',
          '/api/v1/none',
          '/docs',
          '/metrics',
          '/scim/v2/Users',
          '/ofrep/v1/evaluate/flags',
        ]
        for (const path of [...doors, '/socket.io/?EIO=4&transport=polling'])
          for (const method of ['GET', 'POST', 'OPTIONS']) {
            const answer = await fetch(server.url + path, { method, headers })
            assert.doesNotMatch([...answer.headers.keys()].join(), /access-control-/, `${method} ${path}`)
            assert.match(answer.headers.get('vary') ?? '', /Origin/i, `${method} ${path}`)
            await answer.arrayBuffer()
          }
      })
  })

  it('[HT8] answers operation endpoints in an envelope', async () => {
    const { body } = await expect(get('/sessions/list'), 200)
    const { success, data, message, timestamp } = body
    assert.deepEqual([success, typeof message, Object.keys(body).length], [true, 'string', 4])
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(Object.keys(data).sort(), ['count', 'next', 'previous', 'results'])
  })
})
