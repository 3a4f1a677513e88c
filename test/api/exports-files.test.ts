import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openLocalStorage } from '../../server/adapters/storage-local.ts'
import { createCleanUp } from '../../server/features/exports/export-files.ts'
import type { Database } from '../../server/ports/database.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { download, exportEnds, exportStands } from '../suites/exports.ts'
import { filesOf } from '../suites/media.ts'

describe('the files of exports', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    await server.query(
      `insert into tasks (title, description, position, created_by, updated_by)
       select 'task ' || n, repeat('x', 2000), n, $1, $1 from generate_series(1, 300) as n`,
      [ann.person.id],
    )
  })
  after(() => server.close())

  const asked = { type: 'tasks', format: 'ndjson' }
  const begin = async () => (await expect(ann.rest('POST', '/export/data', asked), 202)).body.data.id as number
  /** Nobody reads tasks until this connection ends. */
  const holdTasks = async () => {
    const holder = await openConnection(server.ownerUrl)
    await holder.query('begin; lock table tasks in access exclusive mode')
    return holder
  }
  const isRunning = (id: number) =>
    eventually(async () => {
      const { body } = await ann.rest('GET', `/export/status?id=${id}`)
      assert.equal(body.data.status, 'running')
    })
  const cleanUp = createCleanUp({
    database: { query: ({ text, values }) => server.query(text, values) } as Database,
    get storage() {
      return openLocalStorage(path.join(server.dataDir, 'media', 'files'))
    },
  })

  it('[XP9] are gone when an export is cancelled in the middle', async () => {
    const before = await filesOf(server)
    const holder = await holdTasks()
    const id = await begin()
    await isRunning(id)
    await expect(ann.rest('POST', '/batch/cancel', { id }), 200)
    await holder.end()
    const { status, file_url } = await exportStands(ann, id)
    assert.deepEqual([status, file_url], ['cancelled', null])
    await eventually(async () => assert.deepEqual(await filesOf(server), before))
  })

  it('[XP10] are gone when the disk is full, and the export says so', async function () {
    // The limit of the size of a file is as good as a full disk, for this process only.
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`])
    if (!existsSync('/usr/bin/prlimit')) return this.skip()
    // A cancelled export may still remove what it has written.
    const before = await eventually(async () => {
      const files = await filesOf(server)
      assert.ok(files.every(file => !file.includes('drafts')))
      return files
    })
    limit('100000')
    try {
      const { status, error, file_url } = await exportEnds(ann, asked)
      assert.deepEqual([status, file_url], ['failed', null])
      assert.match(error!, /insufficient_storage/)
    } finally {
      limit('unlimited')
    }
    assert.deepEqual(await filesOf(server), before)
  })

  it('[XP11] expire: then they are not downloaded, and the clean-up removes them', async () => {
    const one = await exportEnds(ann, asked)
    const hours = (Date.parse(one.expires_at!) - Date.parse(one.completed_at!)) / 3600_000
    assert.ok(hours > 23.9 && hours <= 24, String(hours))
    const before = await filesOf(server)
    await cleanUp()
    assert.deepEqual(await filesOf(server), before)

    await server.query(`update exports set expires_at = now() where job_id = $1`, [one.id])
    assert.equal((await download(server, ann, one.file_url!)).status, 404)
    const { data } = (await expect(ann.rest('GET', `/export/status?id=${one.id}`), 200)).body
    assert.deepEqual([data.status, data.file_url], ['completed', null])
    await cleanUp()
    assert.equal((await filesOf(server)).length, before.length - 1)
  })

  it('[XP11] that a crash has left behind are removed, and no others', async () => {
    const folder = path.join(server.dataDir, 'media', 'files')
    const one = await exportEnds(ann, asked)
    const known = await server.query<{ file_key: string }>('select file_key from exports where job_id = $1', [one.id])
    for (const key of ['ex/left', 'ex/fresh', 'ab/other.png', known[0]!.file_key]) {
      await mkdir(path.dirname(path.join(folder, key)), { recursive: true })
      if (!existsSync(path.join(folder, key))) await writeFile(path.join(folder, key), 'x')
      if (key !== 'ex/fresh') await utimes(path.join(folder, key), 0, 0)
    }
    await cleanUp()
    const left = ['ex/left', 'ex/fresh', 'ab/other.png', known[0]!.file_key].filter(key =>
      existsSync(path.join(folder, key)),
    )
    assert.deepEqual(left, ['ex/fresh', 'ab/other.png', known[0]!.file_key])
    assert.equal((await download(server, ann, one.file_url!)).status, 200)
  })

  it('[XP12] of one person are bounded: three exports at once, ten files', async () => {
    const holder = await holdTasks()
    const ids = [await begin(), await begin(), await begin()]
    refuses(await ann.rest('POST', '/export/data', asked), 'rate_limited')
    await holder.end()
    for (const id of ids) assert.equal((await exportStands(ann, id)).status, 'completed')
    for (let nth = 0; nth < 9; nth++)
      assert.equal((await exportEnds(ann, { ...asked, format: 'csv' })).status, 'completed')
    const { results } = (await expect(ann.rest('GET', '/export/status?page_size=100'), 200)).body.data
    const there = results.filter(({ file_url }: any) => file_url !== null)
    assert.equal(there.length, 10)
    assert.deepEqual(
      there.map(({ id }: any) => id),
      results.slice(0, 10).map(({ id }: any) => id),
    )
    await eventually(async () => {
      const [{ count }] = (await server.query<{ count: number }>(
        'select count(*)::int from exports where file_key is not null',
      )) as [{ count: number }]
      assert.equal(count, 10)
    })
  })
})
