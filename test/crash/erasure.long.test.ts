import assert from 'node:assert/strict'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { waitingForLocks } from '../support/lock-waits.ts'
import { password } from '../support/server.ts'
import { admin, useServerProcesses } from '../support/use-server-processes.ts'
import { tracesOf } from '../suites/traces.ts'
import { png } from '../suites/media.ts'

const zoe = { email: 'zoequux@example.com', username: 'zoequux', name: 'Zoe Quux', password }
/** The tables that an erasure changes one after the other, so each lock stops it at another piece. */
const stops = ['media_removals', 'project_members', 'notifications', 'event_log', 'users']

describe('a server that is killed in each piece of an erasure', function () {
  this.timeout(180_000)
  const processes = useServerProcesses()
  const { start } = processes
  let db: Connection
  before(async () => {
    db = await openConnection(processes.database.ownerUrl)
  })

  const call = async (url: string, method: string, where: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/api/v1${where}`, { method, headers, body: JSON.stringify(body) })
    return (await response.json()) as any
  }
  const job = async () => (await db.query(`select * from jobs where type = 'erase_person'`)).rows[0]

  it('[GD10] erases everything in the end, and nothing twice, whichever instance goes on', async () => {
    const holder = await openConnection(processes.database.ownerUrl)
    let { server, url } = await start()
    const boss = (await call(url, 'POST', '/auth/login', admin)).access_token
    const mine = (await call(url, 'POST', '/auth/register', zoe)).access_token
    const project = await call(url, 'POST', '/projects', { name: 'Shared', visibility: 'internal' }, mine)
    const task = { title: 'kept', project: project.id }
    const { id } = await call(url, 'POST', '/tasks', task, mine)
    await call(url, 'POST', `/tasks/${id}/comments`, { body: 'ask @zoequux' }, boss)
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(await png())]), 'zoequux.png')
    const headers = { authorization: `Bearer ${mine}` }
    assert.equal((await fetch(`${url}/api/v1/blog/media/upload`, { method: 'POST', body: form, headers })).status, 201)
    await call(url, 'PATCH', `/tasks/${id}`, { assignee_id: 1 }, mine)

    for (const [nth, table] of stops.entries()) {
      await holder.query(`begin; lock table ${table} in share mode`)
      if (nth === 0) await call(url, 'POST', '/gdpr/erase', { password }, mine)
      else ({ server, url } = await start())
      await eventually(
        async () => {
          const { rows } = await db.query(
            `select from pg_locks where not granted and relation = '${table}'::regclass
             and database = (select oid from pg_database where datname = current_database())`,
          )
          assert.ok(rows.length > 0, table)
        },
        { within: 30_000, every: 5 },
      )
      assert.notEqual((await job()).status, 'completed')
      server.signal('SIGKILL')
      await server.ended
      // The statement would continue after the death of its server.
      for (const { pid } of await waitingForLocks(db)) await db.query('select pg_terminate_backend($1)', [pid])
      await holder.query('rollback')
    }

    await start()
    await eventually(async () => assert.equal((await job()).status, 'completed', JSON.stringify(await job())), {
      within: 40_000,
    })
    const server2 = {
      query: async (text: string, values: unknown[] = []) => (await db.query(text, values)).rows,
      dataDir: processes.dataDir,
    }
    await eventually(async () => assert.deepEqual(await tracesOf(server2 as never, ['zoequux', 'Zoe Quux']), []))
    const { rows } = await db.query(`
      select (select count(*)::int from tasks) as tasks, (select count(*)::int from media) as files,
        (select owner_id = 1 from projects) as handed,
        (select count(*)::int from event_log where event = 'media_deleted') as reported`)
    assert.deepEqual(rows, [{ tasks: 1, files: 0, handed: true, reported: 1 }])
  })
})
