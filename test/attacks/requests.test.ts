import assert from 'node:assert/strict'
import { addProject, addTask, isAPIError, masked, refuses, refusesAck } from '../suites/answers.ts'
import { fingerprint } from '../suites/event-log.ts'
import { rawRequest } from '../suites/raw-request.ts'
import { openConnection } from '../support/connection.ts'
import { untilWaitingForLocks, waitingForLocks } from '../support/lock-waits.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('requests of an attacker', () => {
  let server: TestServer
  let ann: Client
  let task: { id: number }
  before(async () => {
    server = await startServer({ env: { PUBLIC_URL: 'https://tasks.example.com', TRUST_PROXY: '1' } })
    ann = await server.user('ann')
    task = await addTask(ann)
  })
  after(() => server.close())

  it('[HT15] answers under an address of TLS tell browsers to stay with TLS (attack 71)', async () => {
    for (const path of ['/api/v1/tasks', '/api/v1/health', '/board', '/docs', '/none', '/socket.io/?EIO=4'])
      assert.match((await fetch(server.url + path)).headers.get('strict-transport-security') ?? '', /^max-age=31536000/)
  })

  describe('for what only administrators may read', () => {
    for (const path of [
      '/api/v1/ADMIN/users',
      '/api/v1/Admin/Users',
      '/api/v1//admin/users',
      '/api/v1/admin//users',
      '//api/v1/admin/users',
      '/api//v1/admin/users',
      '/api/v1/admin%2fusers',
      '/api/v1/admin%2Fusers',
      '/api/v1/%61dmin/users',
      '/api/v1/admin/users/',
      '/api/v1/admin/users%00',
      '/api/v1/admin/users%20',
      '/api/v1/admin/users;x=1',
      '/api/v1/admin/users.json',
      '/api/v1/tasks/../admin/users',
      '/api/v1/tasks/..%2fadmin/users',
      '/api/v1/tasks/%2e%2e/admin/users',
      '/api/v1/./admin/users',
      '\\api\\v1\\admin\\users',
      'http://other.example/api/v1/admin/users',
    ])
      it(`[HT1] ${path} gives nobody else anything (attack 37)`, async () => {
        const host = `Host: ${new URL(server.url).host}`
        for (const [credentials, refusals] of [
          [[`Authorization: Bearer ${ann.token}`], [400, 403, 404]],
          [[], [400, 401, 404]],
        ] as const) {
          const { status, body } = await rawRequest(server.url, [`GET ${path} HTTP/1.1`, host, ...credentials])
          assert.ok((refusals as readonly number[]).includes(status), `${status} ${JSON.stringify(body)}`)
          assert.doesNotMatch(JSON.stringify(body), /admin@example\.com/)
        }
      })
  })

  it('[HT3] the parameter _method changes no method, and TRACE is none (attack 36)', async () => {
    await expect(ann.rest('GET', `/tasks/${task.id}`), 200)
    refuses(await ann.rest('GET', `/tasks/${task.id}?_method=DELETE`), 'validation_error', ['_method'])
    refuses(await ann.rest('POST', `/tasks?_method=DELETE`, { title: 'x' }), 'validation_error', ['_method'])
    refuses(await ann.rest('POST', '/tasks', { title: 'x', _method: 'delete' }), 'validation_error', ['_method'])
    const host = `Host: ${new URL(server.url).host}`
    const head = [`TRACE /api/v1/tasks/${task.id} HTTP/1.1`, host, `Authorization: Bearer ${ann.token}`, 'X-Echo: me']
    const traced = await rawRequest(server.url, head)
    assert.equal(traced.status, 405)
    assert.doesNotMatch(JSON.stringify(traced), /echo|Bearer/i)
    await expect(ann.rest('GET', `/tasks/${task.id}`), 200)
  })

  describe('for what belongs to others', () => {
    let bob: Client
    let theirs: { id: number; slug: string }
    let own: { id: number }
    before(async () => {
      bob = await server.user('bob')
      theirs = await addProject(bob)
      own = await addProject(ann)
    })

    it('[BI1] [TK9] a task is neither somebody else’s nor in a hidden project (attack 29)', async () => {
      const fields = { id: 1, created_by: bob.person.id, created_at: '2020-01-01T00:00:00.000Z', version: 7 }
      refuses(await ann.rest('POST', '/tasks', { title: 'x', ...fields }), 'validation_error', Object.keys(fields))
      const answers = await Promise.all(
        [String(theirs.id), theirs.slug, '2000000000'].map(project =>
          ann.rest('POST', '/tasks', { title: 'x', project }),
        ),
      )
      for (const answer of answers) {
        refuses(answer, 'validation_error', ['project'])
        assert.deepEqual(masked(answer), masked(answers.at(-1)!))
      }
      refuses(await ann.rest('PATCH', `/tasks/${task.id}`, { project: String(theirs.id) }), 'validation_error', [
        'project',
      ])
    })

    it('[RX3] [PJ4] the owner of one project is nobody in another one (attack 32)', async () => {
      const calls = (id: number) =>
        [
          ['GET', `/projects/${id}`, undefined],
          ['PATCH', `/projects/${id}`, { name: 'mine' }],
          ['GET', `/projects/${id}/members`, undefined],
          ['PUT', `/projects/${id}/members/${ann.person.id}`, { role: 'owner' }],
          ['DELETE', `/projects/${id}/members/${bob.person.id}`, undefined],
          ['DELETE', `/projects/${id}`, undefined],
        ] as const
      const missing = calls(2_000_000_000)
      for (const [nth, [method, path, body]] of calls(theirs.id).entries()) {
        const answer = await ann.rest(method, path, body)
        refuses(answer, 'not_found')
        assert.deepEqual(masked(answer), masked(await ann.rest(method, missing[nth]![1], missing[nth]![2])))
      }
      for (const [method, path, body] of calls(own.id).slice(0, 3)) await expect(ann.rest(method, path, body), 200)
    })
  })

  describe('with operators and keys of objects', () => {
    const rawSql = { __raw: true, sql: 'drop table tasks' }
    const asks: [string, string, string, string, readonly string[]][] = [
      ['an operator as the e-mail', 'POST', '/auth/login', '{"email":{"$ne":null},"password":"x"}', ['email']],
      ['an operator as the password', 'POST', '/auth/login', '{"email":"a@b.c","password":{"$gt":""}}', ['password']],
      ['SQL as the title', 'POST', '/tasks', JSON.stringify({ title: rawSql }), ['title']],
      ['SQL as an update', 'PATCH', '/tasks/ID', JSON.stringify({ priority: rawSql }), ['priority']],
      ['an operator in a filter', 'GET', '/tasks?status[$ne]=done', '', ['status[$ne]']],
      ['a list as a filter', 'GET', '/tasks?search[]=a', '', ['search[]']],
      ['the key __proto__', 'POST', '/tasks', '{"title":"a","__proto__":{"polluted":true}}', ['__proto__']],
      ['the key constructor', 'POST', '/tasks', '{"title":"a","constructor":{"prototype":{}}}', ['constructor']],
      ['__proto__ in the address', 'GET', '/tasks?__proto__[polluted]=true', '', ['__proto__[polluted]']],
    ]
    for (const [what, method, path, body, fields] of asks)
      it(`[BI1] refuses ${what} by name, and changes nothing (attack 88)`, async () => {
        const before = await fingerprint(server)
        const answer = await ann.rest(method, path.replace('ID', String(task.id)), body || undefined)
        refuses(answer, 'validation_error', [...fields])
        assert.equal(({} as any).polluted, undefined)
        assert.equal(await fingerprint(server), before)
      })

    it('[LS6] takes SQL in a search for words (attack 88)', async () => {
      for (const search of [
        "' OR 1=1--",
        "'; drop table tasks; --",
        '%',
        '_',
        '\\',
        "a' | b:*",
        '(a+)+$',
        '%'.repeat(200),
      ])
        await expect(ann.rest('GET', `/tasks?search=${encodeURIComponent(search)}`), 200)
      assert.equal((await expect(ann.rest('GET', '/tasks?search=drop'), 200)).body.count, 0)
      await expect(ann.rest('GET', `/tasks/${task.id}`), 200)
    })
  })

  describe('that make the server fail', () => {
    /** As a fault in a statement would: a column that the statements name is not there. */
    async function withoutColumn(work: () => Promise<void>) {
      await server.query('alter table tasks rename column title to hidden_title')
      await work().finally(() => server.query('alter table tasks rename column hidden_title to title'))
    }
    const inside = /title|column|relation|42703|tasks\.|\/server\/|node_modules|at async|Error:/

    it('[HT16] get a 500 with nothing of its cause, over REST and over a socket (attack 120)', async () => {
      const socket = await ann.socket()
      await withoutColumn(async () => {
        for (const [method, body] of [['GET'], ['PATCH', { priority: 'high' }], ['DELETE']] as const) {
          const answer = await ann.rest(method, `/tasks/${task.id}`, body)
          const error = refuses(answer, 'internal_error')
          assert.doesNotMatch(JSON.stringify(error), inside)
        }
        const ack = await socket.emitWithAck('task_update', { task_id: task.id, updates: { priority: 'high' } })
        assert.doesNotMatch(JSON.stringify(refusesAck(ack, 'internal_error')), inside)
      })
      await expect(ann.rest('PATCH', `/tasks/${task.id}`, { priority: 'urgent' }), 200)
      const ack = await socket.emitWithAck('task_update', { task_id: task.id, updates: { priority: 'low' } })
      assert.equal(ack.ok, true)
    })

    it('[HT16] get a 503 when PostgreSQL ends a statement that took too long (attack 90)', async () => {
      const other = await openConnection(server.ownerUrl)
      await other.query('begin; lock table tasks in access exclusive mode')
      const answer = ann.rest('GET', '/tasks?search=slow')
      // What the time limit of statements does.
      await untilWaitingForLocks(other, { lock: 'relation' })
      for (const { pid } of await waitingForLocks(other)) await other.query('select pg_cancel_backend($1)', [pid])
      const got = await answer
      refuses(got, 'unavailable')
      assert.ok(got.headers.get('retry-after'))
      assert.doesNotMatch(JSON.stringify(isAPIError(got.body).error), /cancel|statement|57014/)
      await other.end()
      await expect(ann.rest('GET', '/tasks?search=slow'), 200)
    })
  })
})
