import assert from 'node:assert/strict'
import { goingOn } from '../../server/ports/going-on.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { backupFiles, beginRestore, jobEnded, makeBackup } from '../suites/backups.ts'
import { fetchFile, png, upload } from '../suites/media.ts'

describe('while data are replaced', function () {
  this.timeout(120_000)
  let server: TestServer
  let admin: Client
  let holder: Connection
  before(async () => {
    server = await startServer({ tuning: { maintenanceLookMs: 20, firstTidyMs: 20, tidyMs: 20 } })
    admin = server.admin
  })
  after(() => server.close())
  beforeEach(async () => {
    holder = await openConnection(server.databaseUrl)
  })

  const status = async (method: string, path: string, body?: unknown) => (await admin.rest(method, path, body)).status
  const until = (wanted: number) => eventually(async () => assert.equal(await status('GET', '/auth/me'), wanted))

  it('[BR20] every call but health is answered 503 with Retry-After, on both doors', async () => {
    const socket = await admin.socket()
    await holder.query('select pg_advisory_lock($1)', [goingOn.maintenance])
    await until(503)
    for (const [method, path, body] of [
      ['GET', '/tasks', undefined],
      ['POST', '/tasks', { title: 'x' }],
      ['POST', '/auth/login', { email: admin.email, password: 'x' }],
      ['GET', '/openapi.json', undefined],
    ] as const) {
      const answer = await admin.rest(method, path, body)
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'])
      assert.equal(answer.body.error.code, 'unavailable')
    }
    for (const path of ['/health', '/health/live', '/health/ready']) assert.equal(await status('GET', path), 200)
    const refused = await socket.emitWithAck('join_room', { room: 'tasks' })
    assert.deepEqual([refused.ok, refused.error.code], [false, 'unavailable'])
    await assert.rejects(admin.socket(), (error: any) => error.data.error.code === 'unavailable')

    await holder.query('select pg_advisory_unlock($1)', [goingOn.maintenance])
    await until(200)
    assert.equal((await socket.emitWithAck('join_room', { room: 'tasks' })).ok, true)
  })

  it('[BR20] a process that dies leaves nothing switched on', async () => {
    const dying = await openConnection(server.databaseUrl)
    await dying.query('select pg_advisory_lock($1)', [goingOn.maintenance])
    await until(503)
    await dying.end()
    await until(200)
  })

  it('[BR21] files that a backup may still read are removed only afterwards', async () => {
    const { id, url } = (await upload(server, admin, [{ content: await png() }])).body
    await holder.query('select pg_advisory_lock_shared($1)', [goingOn.keepFiles])
    await expect(admin.rest('DELETE', `/blog/media/${id}`), 204)
    const removals = async () => (await server.query('select filename from media_removals')).length
    assert.equal(await removals(), 1)
    assert.equal((await fetchFile(server, admin, url)).status, 404)
    await holder.query('select pg_advisory_unlock_shared($1)', [goingOn.keepFiles])
    await eventually(async () => assert.equal(await removals(), 0))
  })

  it('[BR22] a second restore, of a command for example, is refused', async () => {
    const backup = await makeBackup(admin, 'users')
    await holder.query('select pg_advisory_lock($1)', [goingOn.restore])
    const job = await jobEnded(admin, (await beginRestore(admin, backup.id)).id)
    await holder.query('select pg_advisory_unlock($1)', [goingOn.restore])
    assert.equal(job.status, 'failed')
    assert.match(job.error!, /Another backup is being put back/)
    assert.equal((await backupFiles(server)).length, 1)
  })
})
