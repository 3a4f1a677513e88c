import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '../support/eventually.ts'
import { recordEvents, type Seen } from '../support/recorder.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { runCli } from './run-cli.ts'

describe('npm run seed, beside a running server', function () {
  // Each call is a process of its own.
  this.timeout(120_000)
  let server: TestServer
  let dataDir: string
  let seen: Seen[]
  const seed = (...args: string[]) => runCli(['seed', ...args], { DATABASE_URL: server.databaseUrl, DATA_DIR: dataDir })
  const created = () => seen.filter(({ name }) => name === 'task_created').map(({ payload }) => payload.task)
  const tasksIn = async (project: string) =>
    (await server.admin.rest('GET', `/tasks?project=${project}&page_size=100`)).body

  before(async () => {
    server = await startServer()
    dataDir = await mkdtemp(path.join(tmpdir(), 'taskwire-cli-'))
    const someone = await server.user()
    const socket = await someone.socket({}, one => (seen = recordEvents(one)))
    await socket.emitWithAck('join_room', { rooms: ['tasks', 'projects'] })
  })
  after(async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('[SD1] fills a demo project that everybody sees, with live events for each task', async () => {
    const { code, stdout, stderr } = await seed()
    assert.equal(code, 0, stderr)
    assert.match(stdout, /Project "demo" has 36 tasks, 36 of them new/)
    await eventually(() => assert.equal(created().length, 36))
    const { results } = await tasksIn('demo')
    const byId = (tasks: { id: number }[]) => tasks.toSorted((one, other) => one.id - other.id)
    assert.deepEqual(byId(created()), byId(results))
  })

  it('[SD2] reports in a second run that the project exists, and changes nothing', async () => {
    const before = seen.length
    const { code, stdout } = await seed('--json')
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), { project: 'demo', found: 36, created: 0 })
    // A later event has arrived: so there was none before it.
    await server.admin.rest('POST', '/tasks', { title: 'after' })
    await eventually(() => assert.equal(created().at(-1).title, 'after'))
    assert.equal(seen.length, before + 1)
  })

  it('[SD3] signs nobody in as one of the demo people', async () => {
    const [row] = await server.query<{ people: number; sessions: number }>(`
      select count(distinct u.id) as people, count(s.id) filter (where s.ended_at is null) as sessions
      from users u left join sessions s on s.user_id = u.id where u.username like '%.demo'`)
    assert.deepEqual(row, { people: 5, sessions: 0 })
  })

  it('[SD4] fills a large project up to the number of --tasks, also after an interrupted run', async () => {
    const first = await seed('--tasks', '700', '--json')
    assert.deepEqual(JSON.parse(first.stdout), { project: 'demo-large', found: 0, created: 700 }, first.stderr)
    const second = await seed('--tasks', '1200', '--json')
    assert.deepEqual(JSON.parse(second.stdout), { project: 'demo-large', found: 700, created: 500 })
    assert.equal((await tasksIn('demo-large')).count, 1200)
    await eventually(() => {
      const ids = created().filter(({ project }) => project === 'demo-large')
      assert.equal(ids.length, 1200)
    })
  })

  it('[SD4] refuses an invalid count with what it must be', async () => {
    const { code, stderr } = await seed('--tasks', 'many')
    assert.equal(code, 1)
    assert.match(stderr, /must be a whole number/)
  })
})
