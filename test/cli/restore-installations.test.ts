import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import path from 'node:path'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { untilWaitingForLocks } from '../support/lock-waits.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { backupFiles, beginRestore, jobEnded, makeBackup, restore } from '../suites/backups.ts'
import { exportEnds } from '../suites/exports.ts'
import { runCli } from './run-cli.ts'

const BACKUP_KEY = 'a key of backups with more than 32 characters'

describe('a restore of the backup of another installation', function () {
  this.timeout(120_000)
  let former: TestServer
  let present: TestServer
  let file: string
  /** The same ids in both installations. */
  let [ann, bob]: Client[] = []
  before(async () => {
    const options = { env: { BACKUP_KEY }, tuning: { maintenanceLookMs: 50 } }
    former = await startServer(options)
    present = await startServer(options)
    ;[ann, bob] = [await former.user('ann'), await former.user('bob')]
    await exportEnds(bob, { type: 'tasks', format: 'csv' })
    await makeBackup(former.admin, 'database')
    file = (await backupFiles(former))[0]!
  })
  after(async () => {
    await present.close()
    await former.close()
  })

  /** Puts the file into the store of the present installation. */
  async function adopt(): Promise<number> {
    const key = path.relative(path.join(former.dataDir, 'backups'), file)
    await cp(file, path.join(present.dataDir, 'backups', key), { recursive: true })
    const [row] = await present.query<{ id: number }>(
      `insert into backups (type, status, key, is_scheduled, created_at, completed_at)
      values ('database', 'completed', $1, false, now(), now()) returning id`,
      [key],
    )
    return row!.id
  }

  async function putBack(from: string) {
    const restored = await runCli(['backup', 'restore', from, '--yes'], {
      DATABASE_URL: present.databaseUrl,
      DATABASE_MIGRATION_URL: present.ownerUrl,
      DATA_DIR: present.dataDir,
      BACKUP_KEY,
    })
    assert.equal(restored.code, 0, restored.stderr)
    // The server notices a moment later that the maintenance is over.
    await eventually(async () => assert.equal((await present.rest('GET', '/auth/me')).status, 401))
  }

  async function makeFile(): Promise<string> {
    const { id } = await makeBackup(former.admin, 'database')
    const [row] = await former.query<{ key: string }>('select key from backups where id = $1', [id])
    return path.join(former.dataDir, 'backups', row!.key)
  }

  it('[BR12] is refused to an administrator who is another person there, with the same id and address', async () => {
    const job = await jobEnded(present.admin, (await beginRestore(present.admin, await adopt())).id)
    assert.equal(job.status, 'failed')
    assert.match(job.error!, /your account is not there/)
  })

  it('[BR28] gives nobody the erasure, the jobs or the exports of a person who had their id', async () => {
    const [zoe, carl] = [await present.user('zoe'), await present.user('carl')]
    assert.deepEqual([zoe.person.id, carl.person.id], [ann!.person.id, bob!.person.id])
    await exportEnds(carl, { type: 'tasks', format: 'csv' })
    await exportEnds(carl, { type: 'tasks', format: 'ndjson' })
    await exportEnds(present.admin, { type: 'users', format: 'csv' })
    await expect(zoe.rest('POST', '/gdpr/erase', { password }), 202)
    await eventually(async () => {
      const open = await present.query(`select from jobs where completed_at is null`)
      assert.deepEqual(open, [])
    })
    const jobs = `select id, type, created_by from jobs order by id`
    const wanted = await former.query<{ type: string }>(jobs)
    await putBack(file)

    assert.equal((await present.login(ann!.email)).person.name, ann!.person.name)
    assert.deepEqual(await present.query(jobs), wanted)
    for (const table of ['exports', 'erasures']) assert.deepEqual(await present.query(`select from ${table}`), [])
  })

  it('[GD11] goes on with an erasure that was under way in the backup', async () => {
    const holder = await openConnection(former.ownerUrl)
    await holder.query(`select pg_advisory_lock(hashtextextended('taskwire erasure', 0))`)
    await expect(bob!.rest('POST', '/gdpr/erase', { password }), 202)
    await untilWaitingForLocks(former, { lock: 'advisory' })
    await putBack(await makeFile())
    await holder.end()

    assert.deepEqual(await present.query('select user_id, completed_at from erasures'), [
      { user_id: bob!.person.id, completed_at: null },
    ])
    const [row] = await present.query('select name, is_active from users where id = $1', [bob!.person.id])
    assert.deepEqual(row, { name: 'Deleted user', is_active: false })
  })

  it('[GD11] erases somebody again whose erasure the backup knows, although the person was not in its data', async () => {
    const before = await makeBackup(former.admin, 'database')
    const carl = await former.user('carl')
    const withCarl = await makeFile()
    const { data } = (await expect(carl.rest('POST', '/gdpr/erase', { password }), 202)).body
    await jobEnded(former.admin, data.id)
    await restore(former.admin, before.id)
    const account = [carl.person.id, carl.person.created_at]
    const found = () =>
      present.query('select name, is_active from users where id = $1 and created_at = $2::timestamptz', account)
    await putBack(await makeFile())
    assert.deepEqual(await found(), [])
    await putBack(withCarl)
    assert.deepEqual(await found(), [{ name: 'Deleted user', is_active: false }])
  })
})
