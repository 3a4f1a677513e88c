import assert from 'node:assert/strict'
import { expect, type StartOptions, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { scrape, type Scraped } from '../suites/metrics.ts'
import { join, listen } from '../suites/sockets.ts'

describe('metrics', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  const others: TestServer[] = []
  const another = async (options: StartOptions = {}) => {
    const other = await startServer(options)
    others.push(other)
    return other
  }
  // Whatever a test finds, its server must not go on.
  afterEach(async () => void (await Promise.all(others.splice(0).map(other => other.close()))))

  const ask = async (headers: Record<string, string> = {}, of = server) => {
    const answer = await fetch(`${of.url}/metrics`, { headers })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
  }
  const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` })
  const read = () => scrape(server)
  /** What has been added to a sum of samples while `work` ran. */
  const added = async (of: (scraped: Scraped) => number, work: () => Promise<unknown>) => {
    const before = of(await read())
    await work()
    return (count: number) => eventually(async () => assert.equal(of(await read()) - before, count), { within: 10_000 })
  }

  describe('who may read them', () => {
    it('[MT1] refuses whoever shows bad credentials, and people who are no administrators, also from a listed address (attack 110)', async () => {
      refuses(await ask({ authorization: 'Bearer nonsense' }), 'unauthenticated')
      refuses(await ask({ cookie: 'auth_token=nonsense' }), 'unauthenticated')
      refuses(await ask(bearer(await server.user('ann'))), 'forbidden')
    })

    it('[MT1] gives them to administrators, by token and by cookie, and to a listed address without credentials', async () => {
      const cookie: Record<string, string> = { cookie: `auth_token=${server.admin.token}` }
      for (const headers of [bearer(server.admin), cookie, {}]) {
        const { status, headers: got, body } = await ask(headers)
        assert.equal(status, 200)
        assert.match(got.get('content-type')!, /^text\/plain; version=0\.0\.4/)
        assert.equal(got.get('cache-control'), 'no-store')
        assert.match(body, /^# TYPE http_request_duration_seconds histogram$/m)
      }
    })

    it('[MT1] does not take a client behind a proxy that is not trusted for its proxy', async () => {
      for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
        refuses(await ask({ [header]: '127.0.0.1' }), 'unauthenticated')
    })

    it('[MT1] goes by the client’s address behind a trusted proxy', async () => {
      const behind = await another({ env: { TRUST_PROXY: '1', METRICS_IP_ALLOWLIST: '10.1.0.0/16, 2001:db8::7' } })
      for (const [address, status] of [
        ['10.1.200.3', 200],
        ['::ffff:10.1.0.9', 200],
        ['2001:db8::7', 200],
        ['10.2.0.1', 401],
        ['127.0.0.1', 401],
        ['10.1.0.1, 203.0.113.9', 401],
      ] as const)
        assert.deepEqual([address, (await ask({ 'x-forwarded-for': address }, behind)).status], [address, status])
    })

    it('[MT1] lists nobody where the list is “none” (attack 110)', async () => {
      const closed = await another({ env: { METRICS_IP_ALLOWLIST: 'none' } })
      refuses(await ask({}, closed), 'unauthenticated')
      assert.equal((await ask(bearer(closed.admin), closed)).status, 200)
    })
  })

  describe('requests', () => {
    const requests = (labels: Record<string, string>) => (scraped: Scraped) =>
      scraped.sum('http_request_duration_seconds_count', labels)

    it('[MT2] are counted by method, by the route that answered and by status', async () => {
      const ann = await server.user('ann')
      const { id } = await addTask(ann)
      const two = await added(requests({ method: 'GET', route: '/tasks/:id', status: '200' }), async () => {
        await expect(ann.rest('GET', `/tasks/${id}`), 200)
        await expect(ann.rest('GET', `/tasks/${id}/`), 200)
      })
      await two(2)
      const refused = await added(requests({ route: '/tasks/:id', status: '404' }), () =>
        ann.rest('GET', '/tasks/999999'),
      )
      await refused(1)
    })

    it('[MT2] at addresses that somebody invents are all one route, and invented methods one method', async () => {
      const names = async () => (await read()).values('http_request_duration_seconds_count', 'route')
      await server.rest('GET', '/invented')
      const known = await names()
      for (let nth = 0; nth < 20; nth++) await server.rest('GET', `/invented-${nth}/${'x'.repeat(nth)}`)
      assert.deepEqual(await names(), known)
      for (const route of known) assert.doesNotMatch(route, /invented|\d{3}/)
    })

    it('[MT2] that were refused are counted by the code of the error', async () => {
      const errors = (code: string) => (scraped: Scraped) =>
        scraped.sum('taskwire_errors_total', { door: 'rest', code })
      const one = await added(errors('invalid_credentials'), () =>
        server.rest('POST', '/auth/login', { email: 'nobody@example.com', password: 'wrong wrong' }),
      )
      await one(1)
    })

    it('[MT2] that are being answered are in flight', async () => {
      // This one.
      assert.equal((await read()).sum('http_requests_in_flight', {}), 1)
    })
  })

  describe('events and sockets', () => {
    const stage = (of: string) => (scraped: Scraped) => scraped.sum('taskwire_events_total', { stage: of })

    for (const done of ['recorded', 'sequenced', 'delivered'])
      it(`[MT3] count the events that were ${done}`, async () => {
        const ann = await server.user('ann')
        await position(server)
        const three = await added(stage(done), async () => {
          for (let nth = 0; nth < 3; nth++) await addTask(ann)
        })
        await three(3)
      })

    it('[MT3] measure how late events are, and how many wait', async () => {
      await addTask(await server.user('ann'))
      await position(server)
      // What is asked of the database is kept for a second.
      await eventually(async () => {
        const scraped = await read()
        for (const done of ['sequenced', 'delivered'])
          assert.ok(scraped.sum('taskwire_event_lag_seconds_count', { stage: done }) > 0)
        for (const name of ['taskwire_events_behind', 'taskwire_outbox_commands', 'taskwire_jobs_queued'])
          assert.equal(scraped.sum(name, {}), 0, name)
        assert.equal(scraped.sum('taskwire_sequencing', {}), 1)
      })
    })

    it('[MT3] count sockets, rooms, people, calls and their errors', async () => {
      const ann = await server.user('ann')
      const { socket } = await listen(ann)
      await join(socket, ['tasks', 'projects'])
      await socket.emitWithAck('leave_room', { room: 5 })
      await socket.emitWithAck('invented call', {})
      const scraped = await read()
      for (const [name, count] of [
        ['taskwire_sockets', 1],
        ['taskwire_rooms', 2],
        ['taskwire_people', 1],
      ] as const)
        assert.equal(scraped.sum(name, {}), count, name)
      const calls = (call: string, outcome: string) =>
        scraped.sum('taskwire_socket_call_duration_seconds_count', { call, outcome })
      assert.deepEqual(
        [calls('join_room', 'ok'), calls('leave_room', 'validation_error'), calls('unknown', 'validation_error')],
        [1, 1, 1],
      )
      const gone = await added(
        of => of.sum('taskwire_sockets_closed_total', {}),
        async () => void socket.disconnect(),
      )
      await gone(1)
      await eventually(async () => assert.equal((await read()).sum('taskwire_sockets', {}), 0))
    })

    it('[MT3] count what came of joins with a position', async () => {
      const ann = await server.user('ann')
      await addTask(ann)
      const offset = await position(server)
      const { socket } = await listen(ann)
      const replays = (outcome: string) => (of: Scraped) => of.sum('taskwire_replays_total', { outcome })
      const memory = await added(replays('memory'), () => join(socket, ['tasks'], { since: offset - 1 }))
      await memory(1)
      const lost = await added(replays('lost'), () => join(socket, ['projects'], { since: 0, epoch: 'another' }))
      await lost(1)
    })
  })

  it('[MT4] say how long statements take, how the pool is used, and what the process needs', async () => {
    const ann = await server.user('ann')
    const some = await added(
      of => Math.sign(of.sum('taskwire_database_query_duration_seconds_count', { outcome: 'ok' })),
      () => ann.rest('GET', '/tasks'),
    )
    await some(0)
    const scraped = await read()
    assert.ok(scraped.sum('taskwire_database_connections', {}) > 0)
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds'])
      assert.ok(scraped.sum(name, {}) > 0, name)
    assert.equal(scraped.values('nodejs_eventloop_delay_seconds', 'of').length, 3)
    const { components } = (await expect(server.rest('GET', '/health/detailed'), 200)).body
    assert.ok('database' in components)
    assert.deepEqual(scraped.values('taskwire_component_health', 'component').sort(), Object.keys(components).sort())
  })

  it('[MT6] are in each answer as far as they concern it: the wait for a turn and the whole time', async () => {
    for (const path of ['/tasks', '/nothing', '/health/live']) {
      const { headers } = await server.admin.rest('GET', path, undefined, { origin: server.url })
      const [, queue, total] = /^queue;dur=(\d+\.\d\d), total;dur=(\d+\.\d\d)$/.exec(headers.get('server-timing')!)!
      assert.ok(Number(queue) <= Number(total))
      assert.ok(Math.abs(Number(total) / 1000 - Number(headers.get('x-process-time'))) < 0.0001)
    }
  })

  it('[MT5] belong to one server, also when several run in one process', async () => {
    const other = await another()
    const route = { route: '/projects' }
    const count = async (of: TestServer) => (await scrape(of)).sum('http_request_duration_seconds_count', route)
    const before = await count(other)
    const here = await added(
      of => of.sum('http_request_duration_seconds_count', route),
      () => server.admin.rest('GET', '/projects'),
    )
    await here(1)
    assert.equal(await count(other), before)
  })
})
