import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { eventually } from '../support/eventually.ts'
import { startS3 } from '../support/s3.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { askRestore, backupFiles, jobEnded, listBackups, makeBackup, restore } from '../suites/backups.ts'
import { sendImport } from '../suites/imports.ts'
import { fetchFile, png, upload } from '../suites/media.ts'

describe('backups', function () {
  this.timeout(120_000)
  let server: TestServer
  let admin: Client
  before(async () => {
    server = await startServer({ tuning: { maintenanceLookMs: 100 } })
    admin = server.admin
  })
  after(() => server.close())

  it('[BR1] are for administrators only', async () => {
    const ann = await server.user('ann')
    const calls = [
      ['POST', '/backup/create', { type: 'full' }],
      ['GET', '/backup/list', undefined],
      ['POST', '/backup/restore', { backup_id: 1 }],
    ] as const
    for (const [method, path, body] of calls) {
      assert.equal((await server.rest(method, path, body)).status, 401)
      assert.equal((await ann.rest(method, path, body)).status, 403)
    }
    assert.deepEqual(await listBackups(admin), [])
  })

  it('[BR1] refuses other types and unknown backups', async () => {
    for (const body of [{}, { type: 'everything' }, { type: 'full', more: 1 }])
      await expect(admin.rest('POST', '/backup/create', body), 400)
    await expect(admin.rest('POST', '/backup/restore', { backup_id: 4_711 }), 404)
    await expect(admin.rest('POST', '/backup/restore', { backup_id: 'x' }), 400)
  })

  it('[BR2] are made by a job with progress, listed newest first, and audited', async () => {
    const begun = (await expect(admin.rest('POST', '/backup/create', { type: 'users' }), 202)).body
    assert.equal(begun.success, true)
    const { job_id, id, ...fresh } = begun.data
    assert.deepEqual(
      { ...fresh, created_at: '' },
      {
        type: 'users',
        status: 'queued',
        size: null,
        checksum: null,
        created_at: '',
        completed_at: null,
        error: null,
        is_scheduled: false,
      },
    )
    const job = await jobEnded(admin, job_id)
    assert.deepEqual([job.status, job.type, job.result!.backup_id], ['completed', 'create_backup', id])
    assert.ok(job.total_items! > 0)
    assert.equal(job.processed_items, job.total_items)
    const newer = await makeBackup(admin, 'media')
    assert.deepEqual(
      (await listBackups(admin)).map(one => one.id),
      [newer.id, id],
    )
    const { results } = (await expect(admin.rest('GET', '/audit/logs?action=backup.created'), 200)).body.data
    assert.deepEqual(results[0].resource_id, newer.id)
  })

  it('[BR3] are one file for its owner only, of the size and checksum that the list names (attack 112)', async () => {
    const { size, checksum } = await makeBackup(admin, 'full')
    const files = await backupFiles(server)
    const contents = await Promise.all(files.map(file => readFile(file)))
    const nth = contents.findIndex(content => content.length === size)
    assert.equal(createHash('sha256').update(contents[nth]!).digest('hex'), checksum)
    assert.equal((await stat(files[nth]!)).mode & 0o777, 0o600)
    for (const content of contents) assert.equal(content.includes('admin@example.com'), false)
    assert.equal((await stat(`${server.dataDir}/backup.key`)).mode & 0o777, 0o600)
  })

  it('[BR13] are put back only with the token of the first step: once, for this backup and administrator', async () => {
    const [one, other] = [await makeBackup(admin, 'media'), await makeBackup(admin, 'media')]
    const second = await server.user('second')
    await expect(admin.rest('PUT', `/admin/users/${second.person.id}`, { role: 'admin' }), 200)
    const { confirmation_token, summary, expires_at } = await askRestore(admin, one.id)
    assert.deepEqual([summary.backup_id, summary.type], [one.id, 'media'])
    assert.ok(Date.parse(expires_at) > Date.now())
    const confirm = (client: Client, backup_id: number, token = confirmation_token) =>
      client.rest('POST', '/backup/restore', { backup_id, confirmation_token: token })

    await expect(confirm(admin, one.id, 'guessed'), 400)
    await expect(confirm(second, one.id), 400)
    await expect(confirm(admin, other.id), 400)
    const both = await Promise.all([confirm(admin, one.id), confirm(admin, one.id)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [202, 400])
    await jobEnded(admin, both.find(({ status }) => status === 202)!.body.data.id)

    const late = await askRestore(admin, one.id)
    await server.query(`update restore_confirmations set expires_at = now() - interval '1 second'`)
    await expect(confirm(admin, one.id, late.confirmation_token), 400)
  })

  it('[BR14] are put back one at a time, and not while an import runs', async () => {
    const backup = await makeBackup(admin, 'media')
    const [first, second] = [await askRestore(admin, backup.id), await askRestore(admin, backup.id)]
    const confirm = ({ confirmation_token }: { confirmation_token: string }) =>
      admin.rest('POST', '/backup/restore', { backup_id: backup.id, confirmation_token })
    const [{ id: importing }] = (await server.query<{ id: number }>(
      `insert into jobs (type, input, created_by) values ('import_tasks', '{}', ${admin.person.id}) returning id`,
    )) as [{ id: number }]
    await expect(confirm(first), 409)
    await expect(admin.rest('POST', '/batch/cancel', { id: importing }), 200)

    const begun = await expect(confirm(first), 202)
    const [again, imported] = await Promise.all([confirm(second), sendImport(server.url, admin.token, 'title\none')])
    assert.deepEqual([again.status, imported.status], [409, 409])
    await jobEnded(admin, begun.body.data.id)
    await jobEnded(admin, (await expect(confirm(second), 202)).body.data.id)
  })

  it('[BR15] whose job has failed say so, and cannot be put back', async () => {
    const { id, job_id } = (await expect(admin.rest('POST', '/backup/create', { type: 'full' }), 202)).body.data
    await server.query(
      `update jobs set status = 'failed', completed_at = now(), error = 'The disk is full.' where id = $1 and completed_at is null`,
      [job_id],
    )
    await server.query(`update backups set status = 'running', completed_at = null where id = $1`, [id])
    const found = (await listBackups(admin)).find(one => one.id === id)!
    assert.equal(found.status, 'failed')
    assert.ok(found.error)
    await expect(admin.rest('POST', '/backup/restore', { backup_id: id }), 409)
  })

  it('[BR15] that a command was making when it was killed have failed', async () => {
    const [row] = await server.query<{ id: number }>(
      `insert into backups (type, status, key, is_scheduled, created_at)
      values ('full', 'running', 'bk/killed.backup', false, now() - interval '2 minutes') returning id`,
    )
    // Not before another backup or restore that is under way has ended.
    await eventually(
      async () => {
        const found = (await listBackups(admin)).find(one => one.id === row!.id)!
        assert.deepEqual([found.status, found.error], ['failed', 'The command was ended.'])
      },
      { within: 20_000 },
    )
  })
})

describe('scheduled backups', function () {
  this.timeout(120_000)

  it('[BR16] are made when it is time, and the oldest are removed, with their files', async () => {
    const server = await startServer({
      env: { BACKUP_EVERY_HOURS: '24', BACKUP_KEEP: '2' },
      tuning: { backupScheduleMs: 20, firstTidyMs: 50, tidyMs: 50 },
    })
    try {
      const byHand = await makeBackup(server.admin, 'users')
      const seen = new Set<number>()
      for (let nth = 1; nth <= 4; nth++) {
        await eventually(
          async () => {
            const made = (await listBackups(server.admin)).filter(one => one.is_scheduled && one.completed_at)
            made.forEach(({ id }) => seen.add(id))
            assert.ok(seen.size >= nth)
          },
          { within: 30_000 },
        )
        await server.query(`update backups set created_at = created_at - interval '25 hours' where is_scheduled`)
      }
      await eventually(async () => {
        const left = await listBackups(server.admin)
        const scheduled = left.filter(one => one.is_scheduled && one.status === 'completed')
        assert.ok(scheduled.length <= 3)
        assert.ok(left.some(({ id }) => id === byHand.id))
        assert.ok((await backupFiles(server)).length <= left.length)
      })
    } finally {
      await server.close()
    }
  })

  it('[BR16] are not made unless they are asked for', async () => {
    const server = await startServer({ tuning: { backupScheduleMs: 5 } })
    try {
      await makeBackup(server.admin, 'users')
      assert.deepEqual(
        (await listBackups(server.admin)).map(({ is_scheduled }) => is_scheduled),
        [false],
      )
    } finally {
      await server.close()
    }
  })
})

describe('backups in S3', function () {
  this.timeout(120_000)

  for (const files of ['s3', 'local'])
    it(`[BR27] are made and put back there, with files in ${files}, and nothing stays on the disk`, async () => {
      const s3 = await startS3()
      const env = { ...s3.env, STORAGE: files, BACKUP_STORAGE: 's3' }
      const server = await startServer({ env, tuning: { maintenanceLookMs: 50 } })
      try {
        const { admin } = server
        const file = (await upload(server, admin, [{ content: await png() }])).body
        const { content } = await fetchFile(server, admin, file.url)
        const backup = await makeBackup(admin, 'full')
        assert.deepEqual(await backupFiles(server), [])
        await expect(admin.rest('DELETE', `/blog/media/${file.id}`), 204)
        await restore(admin, backup.id)
        assert.deepEqual((await fetchFile(server, admin, file.url)).content, content)
      } finally {
        await server.close()
        await s3.stop()
      }
    })
})
