import assert from 'node:assert/strict'
import type { Tx } from '../../server/events/index.ts'
import { createBackupSchedule, type ScheduleDeps } from '../../server/features/backups/backup-schedule.ts'
import type { Database } from '../../server/ports/database.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'

describe('backups that fail', function () {
  this.timeout(120_000)
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.close())

  it('[BR30] have failed as soon as their job has ended without them', async () => {
    const holder = await openConnection(server.ownerUrl)
    // The snapshot waits for this table.
    await holder.query('begin; lock table videos in access exclusive mode')
    const { id, job_id } = (await expect(server.admin.rest('POST', '/backup/create', { type: 'full' }), 202)).body.data
    await expect(server.admin.rest('POST', '/batch/cancel', { id: job_id }), 200)
    await eventually(async () => {
      const [row] = await server.query('select status, error from backups where id = $1', [id])
      assert.deepEqual(row, { status: 'failed', error: 'It was cancelled.' })
    })
  })

  it('[BR30] are tried again a quarter of the interval after one has failed', async () => {
    const made: unknown[] = []
    const database = { query: ({ text, values }) => server.query(text, values) } as Database
    const run = createBackupSchedule({
      ...({ database, everyHours: 12 } as ScheduleDeps),
      command: (_, work) => work({ ...database, now: new Date().toISOString() } as unknown as Tx),
      jobs: { enqueue: async (_, __, job) => ({ id: made.push(job) }) as never },
    })
    await run()
    await run()
    assert.equal(made.length, 1)
    await server.query(`
      update backups set status = 'failed', created_at = now() - interval '13 hours', completed_at = now() - interval '170 minutes'`)
    await run()
    assert.equal(made.length, 1)
    await server.query(`update backups set completed_at = now() - interval '190 minutes'`)
    await run()
    assert.equal(made.length, 2)
  })
})
