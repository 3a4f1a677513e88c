import assert from 'node:assert/strict'
import { type Connection, openConnection, withConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { isLong } from '../support/long.ts'
import { type PostgresControl, startPostgres } from '../support/postgres-control.ts'
import { createPlayground, type Playground } from '../support/server-process.ts'
import { admin, useServerProcesses } from '../support/use-server-processes.ts'
import { sendImport } from '../suites/imports.ts'

const rows = 2_000

const settings = {
  JWT_SECRET: 'a secret for tests that has more than 32 characters',
  ADMIN_EMAIL: admin.email,
  ADMIN_PASSWORD: admin.password,
}

async function beginImport(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  const file = `title\n${Array.from({ length: rows }, (_, nth) => `row ${nth}`).join('\n')}`
  return (await sendImport(url, access_token, file)).body.data.id
}

describe('a server that is killed in the middle of an import', function () {
  this.timeout(120_000)
  const processes = useServerProcesses()
  const { start } = processes
  let db: Connection
  before(async () => {
    db = await openConnection(processes.database.url)
  })

  const job = async (id: number) => (await db.query('select * from jobs where id = $1', [id])).rows[0]

  it('[IM15] makes each task once, whichever instance continues', async () => {
    const [first, second] = [await start(), await start()]
    const id = await beginImport(first.url)

    // The import makes no progress while nobody may write tasks.
    await eventually(async () => assert.ok((await job(id)).processed_items > 0), { every: 2 })
    await db.query('begin; lock table tasks in share mode')
    first.server.signal('SIGKILL')
    await first.server.ended
    const { processed_items } = await job(id)
    await db.query('commit')
    assert.ok(processed_items < rows, `${processed_items} were done before it was killed`)

    await eventually(async () => assert.ok((await job(id)).processed_items > processed_items), {
      within: 20_000,
      every: 2,
    })
    second.server.signal('SIGKILL')
    await second.server.ended
    await start()
    await eventually(async () => assert.equal((await job(id)).status, 'completed'), { within: 30_000 })

    const { rows: found } = await db.query(`select title, count(*)::int from tasks group by 1 having count(*) <> 1`)
    assert.deepEqual(found, [])
    const { rows: counts } = await db.query(`
      select (select count(*)::int from tasks) as tasks, (select count(*)::int from activity where event = 'task_created') as reported,
        (select result ->> 'created' from jobs) as created`)
    assert.deepEqual(counts[0], { tasks: rows, reported: rows, created: String(rows) })
    const { rows: board } = await db.query('select title from tasks order by position limit 3')
    assert.deepEqual(
      board.map(({ title }) => title),
      ['row 0', 'row 1', 'row 2'],
    )
  })
})

if (isLong)
  describe('a PostgreSQL that crashes in the middle of an import', function () {
    this.timeout(120_000)
    let postgres: PostgresControl
    let proxy: FaultProxy
    let place: Playground
    before(async () => {
      postgres = await startPostgres()
      proxy = await startFaultProxy(postgres.port)
      place = await createPlayground()
    })
    after(async () => {
      await place.remove()
      await proxy.close()
      await postgres.remove()
    })

    async function ask<R extends object>(text: string): Promise<R> {
      return withConnection(postgres.ownerUrl, async owner => (await owner.query(text)).rows[0])
    }
    const job = () => ask<{ processed_items: number; status: string }>('select * from jobs')

    it('[IM15] [JB20] makes each task once, with events only for tasks that still exist', async () => {
      const server = place.start({
        ...settings,
        DATABASE_URL: Object.assign(new URL(postgres.url), { port: String(proxy.port) }).href,
        DATABASE_MIGRATION_URL: Object.assign(new URL(postgres.ownerUrl), { port: String(proxy.port) }).href,
      })
      await beginImport(await server.ready())

      let done = 0
      for (let time = 0; time < 2; time++) {
        await eventually(async () => assert.ok((await job()).processed_items > done), { within: 45_000, every: 2 })
        await postgres.crash()
        await postgres.start()
        proxy.pointAt(postgres.port)
        done = (await job()).processed_items
        assert.ok(done < rows, `${done} were done before it crashed`)
      }
      await eventually(async () => assert.equal((await job()).status, 'completed'), { within: 60_000 })
      await eventually(async () =>
        assert.equal((await ask<{ count: number }>('select count(*)::int from outbox')).count, 0),
      )

      const found = await ask(`
      select (select count(distinct title)::int from tasks) as titles, (select count(*)::int from tasks) as tasks,
        (select count(*)::int from event_log where event = 'task_created') as reported,
        (select count(*)::int from event_log e join tasks t on t.id = (e.payload #>> '{task,id}')::bigint) as there,
        (select result ->> 'created' from jobs) as created`)
      assert.deepEqual(found, { titles: rows, tasks: rows, reported: rows, there: rows, created: String(rows) })
    })
  })
