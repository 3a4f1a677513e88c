import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Health, HealthReport } from '../../contract/index.ts'
import { openConnection, withConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join as enter, listen } from '../suites/sockets.ts'

describe('health', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  for (const path of ['/health', '/health/live', '/health/ready'])
    it(`[HL1] serves ${path} to everybody, with the state of the server`, async () => {
      const { body } = await expect(server.rest('GET', path), 200)
      const { status, version, uptime_seconds, ...rest } = Health.strict().parse(body)
      assert.deepEqual([status, /^\d+\.\d+\.\d+/.test(version), uptime_seconds >= 0, rest], ['healthy', true, true, {}])
    })

  it('[HL1] reports each component with its response time in the detailed report', async () => {
    const { body } = await expect(server.rest('GET', '/health/detailed'), 200)
    const { components } = HealthReport.strict().parse(body)
    assert.deepEqual(Object.keys(components).sort(), [
      'database',
      'events',
      'jobs',
      'redis',
      'replica',
      'sockets',
      'storage',
    ])
    assert.equal(components.replica!.configured, false)
    for (const { status, latency_ms } of Object.values(components))
      assert.deepEqual([status, typeof latency_ms], ['healthy', 'number'])
  })

  it('[HL8] serves the same report to everybody as an operation, in its envelope', async () => {
    const { body } = await expect(server.rest('GET', '/system/health'), 200)
    const { success, data, message, timestamp } = body
    assert.deepEqual([success, typeof message, Date.parse(timestamp) > 0], [true, 'string', true])
    const { status, components } = HealthReport.strict().parse(data)
    assert.equal(status, 'healthy')
    for (const name of ['database', 'redis', 'storage', 'jobs', 'events']) assert.ok(components[name], name)
  })

  it('[HL2] reveals no secrets and no addresses (attack 110)', async () => {
    const secrets = [
      server.databaseUrl,
      new URL(server.databaseUrl).pathname.slice(1),
      'postgres',
      'a secret for tests',
    ]
    for (const path of ['/health', '/health/live', '/health/ready', '/health/detailed', '/system/health']) {
      const text = JSON.stringify((await server.rest('GET', path)).body)
      for (const secret of secrets) assert.ok(!text.includes(secret), text)
      refuses(await server.rest('GET', `${path}?verbose=1`), 'validation_error', ['verbose'])
    }
  })

  describe('what the checks do', () => {
    const component = async (name: string) =>
      (await expect(server.rest('GET', '/health/detailed'), 200)).body.components[name]
    const until = (name: string, status: string) =>
      eventually(
        async () => {
          const found = await component(name)
          assert.equal(found.status, status)
          return found
        },
        { within: 10_000 },
      )

    it('[HL7] reports a read-only database as degraded, and the instance stays ready', async () => {
      const role = new URL(server.databaseUrl).username
      const asOwner = (text: string) => server.query(text)
      await until('database', 'healthy')
      await asOwner(`revoke insert, update on health_checks from ${role}`)
      try {
        assert.match((await until('database', 'degraded')).reason, /not written/)
        await expect(server.rest('GET', '/health/ready'), 200)
      } finally {
        await asOwner(`grant insert, update on health_checks to ${role}`)
      }
      await until('database', 'healthy')
    })

    it('[HL10] says how many statements wait for locks, and the instance stays ready', async () => {
      await until('database', 'healthy')
      const holder = await openConnection(server.ownerUrl)
      await holder.query('begin; lock table tasks in access exclusive mode')
      const lists = [0, 1].map(() => server.admin.rest('GET', '/tasks'))
      assert.match(
        (await until('database', 'degraded')).reason,
        /^[1-9] statements? waits? for (a lock|locks), the oldest for \d+ s$/,
      )
      await expect(server.rest('GET', '/health/ready'), 200)
      await holder.end()
      await Promise.all(lists)
      await until('database', 'healthy')
    })

    it('[HL10] does not count a statement that waits for the end of an old snapshot', async () => {
      await until('database', 'healthy')
      const [snapshot, building] = [await openConnection(server.ownerUrl), await openConnection(server.ownerUrl)]
      await snapshot.query('begin isolation level repeatable read; select from tasks limit 1')
      const built = building.query('create index concurrently built_for_a_test on tasks (title)')
      try {
        const longest = `
          select coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)::float as seconds
          from pg_locks where not granted and locktype = 'virtualxid'`
        await eventually(async () => {
          const [row] = await server.query<{ seconds: number }>(longest)
          assert.ok(row!.seconds > 3.5)
        })
        await until('database', 'healthy')
      } finally {
        await snapshot.end()
        await built
        await building.query('drop index built_for_a_test')
      }
    })

    it('[HL7] reports the queue as healthy when its entry is taken', async () => {
      await until('jobs', 'healthy')
      await eventually(
        async () =>
          assert.deepEqual(
            await server.query(`select from graphile_worker._private_jobs where key like 'health:%'`),
            [],
          ),
        { within: 10_000 },
      )
    })

    it('[HL7] reports an entry that nobody takes for a minute as degraded, until it is taken', async () => {
      const entries = `graphile_worker._private_jobs where key like 'health:%'`
      await server.query(`create function hold_entries() returns trigger language plpgsql as
        $$ begin return case when new.locked_at is null or old.key is null then new end; end $$`)
      await server.query(`create trigger hold before update on graphile_worker._private_jobs
        for each row execute function hold_entries()`)
      try {
        await eventually(
          async () => {
            await component('jobs')
            assert.equal((await server.query(`select from ${entries}`)).length, 1)
          },
          { within: 20_000 },
        )
        await server.query(
          `update graphile_worker._private_jobs set created_at = now() - interval '2 minutes' where key like 'health:%'`,
        )
        assert.match((await until('jobs', 'degraded')).reason, /not taken/)
        await expect(server.rest('GET', '/health/ready'), 200)
      } finally {
        await server.query('drop function hold_entries() cascade')
      }
      await until('jobs', 'healthy')
    })

    it('[HL7] reports a storage that cannot be written to as unhealthy', async () => {
      await until('storage', 'healthy')
      const folder = join(server.dataDir, 'media', 'files')
      await rm(folder, { recursive: true, force: true })
      await writeFile(folder, 'in the way')
      try {
        await until('storage', 'unhealthy')
        await expect(server.rest('GET', '/health/ready'), 200)
      } finally {
        await rm(folder)
      }
      await until('storage', 'healthy')
      assert.deepEqual(await readdir(folder), [])
    })
  })

  describe('without the database', () => {
    const name = () => new URL(server.databaseUrl).pathname.slice(1)
    const asPostgres = async (...statements: string[]) => {
      const url = Object.assign(new URL(server.ownerUrl), { pathname: '/postgres' }).href
      await withConnection(url, async postgres => {
        for (const statement of statements) await postgres.query(statement)
      })
    }
    const takeAway = () =>
      asPostgres(
        `alter database ${name()} with allow_connections false`,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}'`,
      )
    const giveBack = () => asPostgres(`alter database ${name()} with allow_connections true`)
    afterEach(giveBack)

    it('[HL3] stays alive, is not ready, answers 503 to other requests, and recovers by itself', async () => {
      const ann = await server.user('ann')
      await takeAway()
      const { body } = await eventually(() => expect(server.rest('GET', '/health/ready'), 503), { within: 10_000 })
      assert.equal(body.status, 'unhealthy')
      await expect(server.rest('GET', '/health/live'), 200)
      assert.equal(
        (await expect(server.rest('GET', '/health/detailed'), 200)).body.components.database.status,
        'unhealthy',
      )
      await eventually(async () => {
        const answer = await ann.rest('GET', '/tasks')
        refuses(answer, 'unavailable')
        assert.ok(Number(answer.headers.get('retry-after')) >= 1)
      })
      refuses(await ann.rest('POST', '/tasks', { title: 'lost' }), 'unavailable')
      await giveBack()
      await eventually(() => expect(server.rest('GET', '/health/ready'), 200), { within: 10_000 })
      assert.equal((await addTask(ann)).title, 'a task')
    })

    it('[HL8] names the kind of the last error of a part, and goes on naming it when the part is well again', async () => {
      await takeAway()
      const database = async () => (await server.rest('GET', '/system/health')).body.data.components.database
      const failed = await eventually(
        async () => {
          const found = await database()
          assert.equal(found.status, 'unhealthy')
          return found
        },
        { within: 10_000 },
      )
      // Kinds of refusals and broken connections, and never their messages, which name the database.
      assert.match(failed.last_error.class, /^[A-Za-z0-9_]+$/)
      assert.ok(!JSON.stringify(failed).includes(name()))
      await giveBack()
      await eventually(async () => assert.equal((await database()).status, 'healthy'), { within: 10_000 })
      assert.match((await database()).last_error.class, /^[A-Za-z0-9_]+$/)
    })

    it('[HL4] keeps the sockets, which get later events', async () => {
      const ann = await server.user('ann')
      // What the test before wrote has been delivered by then.
      await position(server)
      const { socket, of } = await listen(ann)
      await enter(socket, ['tasks'])
      await takeAway()
      await eventually(() => expect(server.rest('GET', '/health/ready'), 503), { within: 10_000 })
      await giveBack()
      const { id } = await eventually(() => addTask(ann))
      await eventually(
        () =>
          assert.deepEqual(
            of('task_created').map(({ task }) => task.id),
            [id],
          ),
        { within: 10_000 },
      )
      assert.equal(socket.connected, true)
    })
  })
})
