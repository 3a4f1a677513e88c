import assert from 'node:assert/strict'
import { type Operation, operations } from '../../contract/index.ts'
import { createClient } from '../../sdk/index.ts'
import { type Client, expect, type StartOptions, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('monitoring', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const others: TestServer[] = []
  const another = async (options: StartOptions = {}) => {
    const other = await startServer(options)
    others.push(other)
    return other
  }
  // Whatever a test finds, its server must not go on.
  afterEach(async () => void (await Promise.all(others.splice(0).map(other => other.close()))))

  const view = async (path: string) => (await expect(server.admin.rest('GET', path), 200)).body.data
  // By the paths and not by what the contract says of their access, which is what is tested.
  const forAdmins = (Object.values(operations.monitoring) as Operation[]).filter(
    ({ path }) => path !== '/system/health',
  )

  for (const { path } of forAdmins)
    it(`[MO1] shows ${path} to nobody but administrators (attack 110)`, async () => {
      refuses(await server.rest('GET', path), 'unauthenticated')
      refuses(await ann.rest('GET', path), 'forbidden')
    })

  for (const [path, keys] of [
    ['/system/metrics', ['cpu', 'memory', 'requests', 'sockets', 'events', 'database', 'cache', 'jobs']],
    ['/admin/metrics', ['users', 'sessions', 'system']],
    ['/monitoring/metrics/performance', ['slowest', 'errors', 'statuses']],
    ['/monitoring/metrics/database', ['queries', 'pool', 'server', 'tables']],
    ['/monitoring/system/info', ['version', 'node', 'database', 'event_log']],
  ] as const)
    it(`[MO1] serves ${path} in an envelope, with ${keys.join(', ')}`, async () => {
      // That each field has its type is what DC7 checks with this answer.
      const { body } = await expect(server.admin.rest('GET', path), 200)
      assert.deepEqual([body.success, typeof body.message, Date.parse(body.timestamp) > 0], [true, 'string', true])
      for (const key of keys) assert.ok(body.data[key] !== undefined, key)
    })

  it('[MO1] reveals no secrets and no addresses', async () => {
    const { pathname, password, host } = new URL(server.databaseUrl)
    for (const { path } of forAdmins.filter(one => !one.path.includes('/validate/'))) {
      const text = JSON.stringify(await view(path))
      for (const secret of [pathname.slice(1), password, host, 'a secret for tests'])
        assert.ok(!text.includes(secret), `${path}: ${secret}`)
    }
  })

  it('[MO2] counts requests, events, sockets and statements as they happen', async () => {
    const before = await view('/system/metrics')
    for (let nth = 0; nth < 3; nth++) await addTask(ann)
    await position(server)
    const { socket } = await listen(ann)
    await join(socket, ['tasks'])
    await eventually(async () => {
      const after = await view('/system/metrics')
      const more = (of: (one: typeof after) => number) => of(after) - of(before)
      // Three tasks, at least one request of `position`, and this one.
      assert.ok(more(of => of.requests.total) >= 5)
      assert.ok(more(of => of.database.queries.total) > 0)
      assert.ok(more(of => of.cache.hits) > 0)
      assert.deepEqual(
        ['recorded', 'sequenced', 'delivered'].map(stage => more(of => of.events[stage])),
        [3, 3, 3],
      )
      assert.deepEqual([after.sockets.connections, after.sockets.rooms, after.sockets.people], [1, 1, 1])
      assert.deepEqual([after.events.behind, after.events.outbox, after.jobs.queued], [0, 0, 0])
      assert.ok(after.requests.per_second > 0 && after.requests.recent.p99_ms > 0)
    })
    socket.disconnect()
  })

  it('[MO3] ranks endpoints by their time, with how often each failed, and counts errors by code', async () => {
    await expect(ann.rest('GET', '/tasks/987654'), 404)
    // Passwords are hashed, which takes many times as long as a read.
    await server.login(ann.email)
    await expect(server.rest('GET', '/health/live'), 200)
    const { slowest, slowest_recent, errors, statuses, requests } = await view('/monitoring/metrics/performance')
    for (const list of [slowest, slowest_recent]) {
      const place = (route: string) => list.findIndex((one: { route: string }) => one.route === route)
      assert.ok(place('/auth/login') >= 0 && place('/auth/login') < place('/health/live'))
      for (const { p50_ms, p95_ms, p99_ms, count } of list) assert.ok(count > 0 && p50_ms <= p95_ms && p95_ms <= p99_ms)
    }
    assert.ok(errors.some((one: any) => one.door === 'rest' && one.code === 'not_found' && one.total > 0))
    assert.ok(statuses['200'] > 0 && statuses['404'] > 0 && requests.count > 0)
  })

  it('[MO3] shares of failures count answers with 5xx and no others', async () => {
    const broken = await another()
    const { admin } = broken
    const failing = async () => {
      const { body } = await expect(admin.rest('GET', '/monitoring/metrics/performance'), 200)
      return body.data.slowest.find((one: { route: string }) => one.route === '/projects')
    }
    await admin.rest('GET', '/projects')
    await admin.rest('GET', '/projects?page=x')
    assert.deepEqual([(await failing()).errors, (await failing()).error_rate], [0, 0])
    await broken.query(`alter table projects rename to projects_away`)
    await expect(admin.rest('GET', '/projects'), 500)
    await broken.query(`alter table projects_away rename to projects`)
    const { errors, error_rate, count } = await failing()
    assert.deepEqual([errors, count, error_rate], [1, 3, 0.3333])
  })

  it('[MO4] describes the database by what it counts itself, and the pool', async () => {
    const { server: found, tables, pool, queries } = await view('/monitoring/metrics/database')
    assert.ok(found.size_bytes > 1_000_000 && found.connections > 0 && found.connections <= found.max_connections)
    assert.ok(queries.total > 0 && queries.all.p50_ms <= queries.all.p99_ms && pool.busy + pool.idle > 0)
    const names = tables.map(({ name }: { name: string }) => name)
    assert.ok(names.includes('tasks') && names.includes('event_log'))
    // Partitions are parts of their table.
    assert.deepEqual(
      names.filter((name: string) => name.startsWith('event_log_')),
      [],
    )
  })

  it('[MO1] are calls of the SDK', async () => {
    const client = createClient({ url: server.url, token: server.admin.token })
    const { cpu } = await client.monitoring.systemMetrics()
    assert.ok(cpu.cores >= 1 && cpu.total_seconds > 0)
    assert.equal((await createClient({ url: server.url }).monitoring.systemHealth()).status, 'healthy')
  })

  it('[MO4] counts people and sessions', async () => {
    const before = await view('/admin/metrics')
    await server.user('ben')
    const after = await view('/admin/metrics')
    assert.deepEqual(
      [after.users.total - before.users.total, after.sessions.live - before.sessions.live, after.users.administrators],
      [1, 1, 1],
    )
  })
})
