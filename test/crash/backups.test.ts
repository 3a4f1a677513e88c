import assert from 'node:assert/strict'
import { readdir, utimes } from 'node:fs/promises'
import path from 'node:path'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { isLong } from '../support/long.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'
import { createPlayground, type Playground, type ServerProcess } from '../support/server-process.ts'
import { password } from '../support/server.ts'
import { beginRestore, contentOf, jobEnded, makeBackup } from '../suites/backups.ts'

const email = 'admin@example.com'
const holding = 772_002

/** The statements of a restore at which it is killed; see adapters/backup/. */
const steps = {
  'is about to commit': '%drop schema "%\\_past" cascade',
}
const moreSteps = {
  'loads rows': 'alter table "tasks" disable trigger user',
  'has replaced half of the tables': 'alter table "taskwire\\_restore\\_%"."tasks" set schema%',
  'makes its schema': 'create schema "taskwire\\_restore\\_%"',
  'migrates its schema': '%create table tasks%',
  'makes indexes': 'CREATE INDEX tasks\\_due\\_idx%',
  'checks references': 'alter table tasks add constraint%',
  'begins to replace': 'create schema "%\\_past"',
}
const committed = { 'has committed': 'drop schema if exists "taskwire\\_restore\\_%' }

describe('a server that is killed', function () {
  this.timeout(240_000)
  let database: TestDatabase
  let place: Playground
  let db: Connection
  let server: ServerProcess
  let admin: Parameters<typeof makeBackup>[0]
  const query = async <R extends object>(text: string, values?: unknown[]) => (await db.query(text, values)).rows as R[]

  before(async () => {
    database = await testDatabase()
    place = await createPlayground()
    db = await openConnection(database.ownerUrl)
    // Whatever statement is named waits until the test lets it go.
    await db.query(`
      create table public.hold_at (pattern text);
      grant select on public.hold_at to public;
      create function public.hold() returns event_trigger language plpgsql as $$ begin
        if exists (select from public.hold_at where current_query() like pattern) then
          perform pg_advisory_xact_lock_shared(${holding});
        end if;
      end $$;
      create event trigger hold on ddl_command_start execute function public.hold()`)
    await start()
  })
  after(async () => {
    await place.remove()
    await database.drop()
  })

  async function start() {
    server = place.start({
      JWT_SECRET: 'a secret for tests that has more than 32 characters',
      ADMIN_EMAIL: email,
      ADMIN_PASSWORD: password,
      DATABASE_URL: database.url,
      DATABASE_MIGRATION_URL: database.ownerUrl,
    })
    const url = await server.ready()
    let token = ''
    const rest = async (method: string, at: string, body?: unknown) => {
      const response = await fetch(`${url}/api/v1${at}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, headers: response.headers, body: (await response.json()) as any }
    }
    token = (await rest('POST', '/auth/login', { email, password })).body.access_token
    admin = { rest }
  }

  const hold = (pattern: string) =>
    db.query(`select pg_advisory_lock(${holding}); insert into hold_at values ('${pattern}')`)
  const letGo = () => db.query(`truncate hold_at; select pg_advisory_unlock(${holding})`)
  const isHeld = () =>
    eventually(
      async () =>
        assert.equal((await query(`select from pg_locks where objid = ${holding} and not granted`)).length, 1),
      { within: 20_000 },
    )
  const addTask = (title: string) => admin.rest('POST', '/tasks', { title })
  const kill = async () => {
    server.signal('SIGKILL')
    await server.ended
  }

  for (const [when, pattern] of Object.entries({ ...steps, ...(isLong && moreSteps), ...committed })) {
    const isAfter = when in committed
    it(`[BR23] when a restore ${when} leaves the data as they were ${isAfter ? 'then' : 'before'}, and the job says so`, async () => {
      const backup = await makeBackup(admin, 'database')
      const then = await contentOf({ query })
      await addTask(`Before the restore that is killed when it ${when}`)
      const now = await contentOf({ query })
      assert.notDeepEqual(now, then)
      await hold(pattern)
      let id = 0
      try {
        id = (await beginRestore(admin, backup.id)).id
        await isHeld()
        await kill()
      } finally {
        await letGo()
      }

      await start()
      const job = await jobEnded(admin, id)
      assert.equal(job.status, isAfter ? 'completed' : 'failed', job.error ?? '')
      if (!isAfter) assert.match(job.error!, /The server stopped .* Nothing was changed/)
      assert.deepEqual(await contentOf({ query }), isAfter ? then : now)
      await eventually(
        async () =>
          assert.deepEqual(await query(`select nspname from pg_namespace where nspname like 'taskwire%'`), []),
        { within: 30_000 },
      )
      assert.equal((await addTask('Everything works')).status, 201)
    })
  }

  it('[BR24] when it makes a backup makes it anew, and leaves no file behind', async () => {
    const holder = await openConnection(database.ownerUrl)
    await holder.query('begin; lock table tasks in access exclusive mode')
    const { job_id, id } = (await admin.rest('POST', '/backup/create', { type: 'database' })).body.data
    const waiting = `select from pg_locks where relation = 'tasks'::regclass and mode = 'AccessShareLock' and not granted`
    await eventually(async () => assert.equal((await query(waiting)).length, 1), { within: 20_000 })
    await kill()
    await holder.end()
    const drafts = path.join(place.dataDir, 'backups', 'drafts')
    const [draft] = await readdir(drafts)
    await utimes(path.join(drafts, draft!), new Date(0), new Date(0))

    await start()
    const job = await jobEnded(admin, job_id)
    assert.equal(job.status, 'completed', job.error ?? '')
    const { results } = (await admin.rest('GET', '/backup/list?page_size=100')).body.data
    assert.equal(results.find((one: { id: number }) => one.id === id).status, 'completed')
    await eventually(async () => assert.deepEqual(await readdir(drafts), []), { within: 30_000 })
  })
})
