import assert from 'node:assert/strict'
import type { ApiKeyUsage } from '../../contract/index.ts'
import { createClient, isTaskwireError, positionOf } from '../../sdk/index.ts'
import { createKeyUsage } from '../../server/features/keys/usage.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'

describe('the use of API keys', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ tuning: { keyUsageMs: 50, firstTidyMs: 50, tidyMs: 200 } })
    ann = await server.user('ann')
  })
  after(() => server.close())

  const usageOf = async (id: number, query = ''): Promise<ApiKeyUsage> =>
    (await expect(ann.rest('GET', `/api-keys/${id}/usage${query}`), 200)).body
  const today = () => new Date().toISOString().slice(0, 10)

  it('[AK9] is counted by day, endpoint and status, with the latest calls', async () => {
    const program = await programOf(server, ann, ['tasks:read', 'tasks:write'])
    const { id } = program.apiKey
    const task = await addTask(ann)
    for (let nth = 0; nth < 3; nth++) await expect(program.rest('GET', `/tasks/${task.id}`), 200)
    await expect(program.rest('GET', '/blog/posts'), 403)
    const socket = await program.socket()
    await socket.emitWithAck('task_update', { task_id: task.id, updates: { title: 'By a program' } })
    await eventually(async () => assert.equal((await usageOf(id)).calls, 5))

    const { count, next, previous, results, ...sums } = await usageOf(id)
    assert.deepEqual([count, next, previous], [5, null, null])
    assert.deepEqual(sums, {
      calls: 5,
      errors: 1,
      by_day: [{ day: today(), calls: 5, errors: 1 }],
      by_endpoint: [
        { method: 'GET', path: '/tasks/:id', calls: 3, errors: 0 },
        { method: 'GET', path: '/blog/posts', calls: 1, errors: 1 },
        { method: 'SOCKET', path: 'task_update', calls: 1, errors: 0 },
      ],
      by_status: [
        { status: 200, calls: 4 },
        { status: 403, calls: 1 },
      ],
    })
    assert.deepEqual(
      results.map(({ method, path, status }) => [method, path, status]),
      [
        ['SOCKET', 'task_update', 200],
        ['GET', '/blog/posts', 403],
        ...Array.from({ length: 3 }, () => ['GET', '/tasks/:id', 200]),
      ],
    )
    assert.match(results[0]!.ip_address, /127\.0\.0\.1$/)
    const [listed] = (await expect(ann.rest('GET', '/api-keys'), 200)).body.results
    assert.equal(listed.last_used_at, results[0]!.at)
  })

  it('[AK9] can be narrowed, page by page', async () => {
    const program = await programOf(server, ann, ['tasks:read'])
    const { id } = program.apiKey
    await server.query(
      `insert into api_key_usage (key_id, day, method, path, status, calls)
       values ($1, now()::date - 2, 'GET', '/tasks', 200, 7), ($1, now()::date - 1, 'POST', '/tasks', 429, 2)`,
      [id],
    )
    await server.query(
      `insert into api_key_calls (key_id, at, method, path, status, ip_address)
       select $1, now() - interval '1 hour', 'GET', '/tasks', 200, '::1' from generate_series(1, 3)`,
      [id],
    )
    const days = (usage: ApiKeyUsage) => usage.by_day.map(({ calls }) => calls)
    assert.deepEqual(days(await usageOf(id)), [2, 7])
    assert.deepEqual(days(await usageOf(id, '?status=429')), [2])
    assert.deepEqual(days(await usageOf(id, '?method=GET&path=/tasks')), [7])
    const yesterday = encodeURIComponent(`${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}T12:00:00Z`)
    assert.deepEqual(days(await usageOf(id, `?at_start=${yesterday}`)), [2])
    assert.deepEqual(days(await usageOf(id, `?at_end=${yesterday}`)), [2, 7])
    assert.deepEqual((await usageOf(id, `?at_end=${yesterday}`)).results, [])
    const first = await usageOf(id, '?page_size=2&cursor=')
    assert.equal(first.results.length, 2)
    const second = await expect(ann.rest('GET', first.next!.replace('/api/v1', '')), 200)
    assert.equal(second.body.results.length, 1)
    refuses(await ann.rest('GET', `/api-keys/${id}/usage?status=999`), 'validation_error', ['status'])
  })

  it('[AK9] is forgotten after 90 days, as revoked keys are after 30, and of each key only the latest calls stay', async () => {
    const [old, busy] = [await programOf(server, ann, ['tasks:read']), await programOf(server, ann, ['tasks:read'])]
    const { id } = old.apiKey
    await expect(ann.rest('DELETE', `/api-keys/${id}`), 204)
    await server.query(`update api_keys set revoked_at = now() - interval '31 days' where id = $1`, [id])
    await server.query(
      `insert into api_key_usage (key_id, day, method, path, status, calls)
       select $1, now()::date - n, 'GET', '/tasks', 200, 1 from unnest('{1, 92}'::int[]) n`,
      [busy.apiKey.id],
    )
    await server.query(
      `insert into api_key_calls (key_id, at, method, path, status, ip_address)
       select $1, now(), 'GET', '/tasks', 200, '::1' from generate_series(1, 300)`,
      [busy.apiKey.id],
    )
    await expect(busy.rest('GET', '/tasks'), 200)
    await eventually(async () => {
      const { count, calls } = await usageOf(busy.apiKey.id)
      assert.deepEqual([count, calls], [200, 2])
    })
    await eventually(() => expect(ann.rest('GET', `/api-keys/${id}`), 404))
  })

  it('[AK9] is not lost when it cannot be stored at once', async () => {
    const { apiKey } = await programOf(server, ann, ['tasks:read'])
    let isThere = false
    const query = <R extends object>({ text, values }: { text: string; values?: unknown[] }): Promise<R[]> =>
      isThere ? server.query<R>(text, values) : Promise.reject(new Error('the database is away'))
    const usage = createKeyUsage({ query } as never)
    const note = () =>
      usage.note({ keyId: apiKey.id, method: 'GET', path: '/tasks', status: 200, address: '127.0.0.1' })
    note()
    await assert.rejects(usage.write())
    note()
    isThere = true
    await usage.write()
    assert.deepEqual([(await usageOf(apiKey.id)).calls, (await usageOf(apiKey.id)).count], [2, 2])
  })

  it('[AK13] is part of one’s own data, and the secrets are not', async () => {
    const ben = await server.user('ben')
    const program = await programOf(server, ben, ['tasks:read'], { name: 'Ben’s script' })
    await expect(program.rest('GET', '/tasks'), 200)
    const rows = await server.query('select from api_keys where hash is not null and user_id = $1', [ben.person.id])
    assert.equal(rows.length, 1)
    const { apiKeysPersonal } = await import('../../server/features/keys/index.ts')
    await eventually(async () => {
      const found = await Promise.all(
        apiKeysPersonal.map(async ({ name, rows: of }) => {
          const { text, values } = of(ben.person as never)
          return [name, await server.query<Record<string, unknown>>(text, values)] as const
        }),
      )
      const { api_keys: keys, api_key_usage: usage, api_key_calls: calls } = Object.fromEntries(found)
      assert.deepEqual([keys![0]!.name, usage!.length, calls!.length], ['Ben’s script', 1, 1])
      assert.ok(!('hash' in keys![0]!))
    })
  })

  describe('by the SDK', () => {
    it('[AK14] calls and listens with the key, and says when it works no more', async () => {
      const program = await programOf(server, ann, ['tasks:read'])
      const client = createClient({ url: server.url, apiKey: program.key })
      const ended: string[] = []
      client.onSignedOut(reason => ended.push(reason))
      const live = client.realtime()
      const seen: string[] = []
      live.on('event', ({ name }) => seen.push(name))
      live.start(['tasks'], positionOf(await client.tasks.list()))
      await eventually(() => assert.equal(live.status(), 'live'))
      await addTask(ann)
      await eventually(() => assert.deepEqual(seen, ['task_created']))
      await assert.rejects(client.tasks.create({ title: 'A' }), error => isTaskwireError(error, 'forbidden'))

      await expect(ann.rest('POST', `/api-keys/${program.apiKey.id}/rotate`, { overlap_seconds: 60 }), 200)
      await eventually(() => assert.equal(live.status(), 'live'))
      await expect(ann.rest('DELETE', `/api-keys/${program.apiKey.id}`), 204)
      await eventually(() => assert.deepEqual(ended, ['unauthenticated']))
      assert.equal(live.status(), 'offline')
      live.stop()
    })

    it('[AK14] takes either tokens or a key', () => {
      assert.throws(() => createClient({ token: 'a', apiKey: 'b' }), TypeError)
    })
  })
})
