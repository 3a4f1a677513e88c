import assert from 'node:assert/strict'
import { entriesHeldBy, replaceEntries } from '../../server/adapters/jobs-entries.ts'
import { openJobs, type TestJobs } from '../support/jobs.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'

describe('queue entries', () => {
  let database: TestDatabase
  let jobs: TestJobs
  before(async () => {
    database = await testDatabase()
    jobs = await openJobs(database.url)
  })
  after(async () => {
    await jobs.close()
    await database.drop()
  })

  const entries = () =>
    jobs.query<{ id: number; key: string; locked_by: string | null; priority: number; flags: object }>(
      'select id, key, locked_by, priority, flags from graphile_worker._private_jobs order by key',
    )
  const give = (worker: string) =>
    jobs.query(`update graphile_worker._private_jobs set locked_at = now(), locked_by = $1`, [worker])

  it('[JB20] replaces a lost entry under another id, and removes one that has a successor', async () => {
    const { queue, database: db } = jobs
    await queue.add(db, { id: 1, type: 'counting', created_by: 7 }, { priority: 3 })
    await queue.add(db, { id: 2, type: 'counting', created_by: 7 })
    await give('somebody')
    const [first] = await entries()
    // Added while the first entry is held: of the two only the newer one counts.
    await queue.add(db, { id: 2, type: 'counting', created_by: 7 })
    const successor = (await entries()).find(({ key }) => key === 'job:2')

    const held = await entriesHeldBy(db, 'somebody')
    assert.deepEqual(held.map(({ job }) => job).toSorted(), [1, 2])
    assert.deepEqual(await db.transaction(async tx => ({ value: await replaceEntries(tx, held) })), [1])
    const [newest, ...others] = await entries()
    assert.deepEqual(
      { ...newest, id: 0 },
      {
        id: 0,
        key: 'job:1',
        locked_by: null,
        priority: 3,
        flags: { 'person:7': true },
      },
    )
    assert.notEqual(newest!.id, first!.id)
    assert.deepEqual(others, [successor])
  })

  it('[JB20] knows which jobs have an entry, whatever the ids of the entries are', async () => {
    const { queue, database: db } = jobs
    await queue.add(db, { id: 900, type: 'counting', created_by: 7 })
    await queue.add(db, { id: 800, type: 'counting', created_by: 7 })
    const [entry] = await jobs.query<{ id: number }>(
      `select id from graphile_worker._private_jobs where key = 'job:900'`,
    )
    assert.deepEqual(await queue.known(db, [700, 800, 900, entry!.id]), new Set([800, 900]))
    await jobs.query(`delete from graphile_worker._private_jobs where key in ('job:800', 'job:900')`)
  })

  it('[JB20] does not touch an entry that was given to another worker meanwhile', async () => {
    await give('somebody')
    const held = await entriesHeldBy(jobs.database, 'somebody')
    await give('somebody else')
    const before = await entries()
    assert.deepEqual(await replaceEntries(jobs.database, held), [])
    assert.deepEqual(await entries(), before)
  })

  it('[HL7] waits for an entry of the health check that nobody takes, and adds at most one', async () => {
    const { queue, database: db } = jobs
    await jobs.query('delete from graphile_worker._private_jobs')
    assert.equal(await queue.check(db), 0)
    assert.ok((await queue.check(db)) > 0)
    await jobs.query(`update graphile_worker._private_jobs set created_at = now() - interval '70 seconds'`)
    assert.ok((await queue.check(db)) > 60)
    assert.equal((await entries()).length, 1)
    await give('somebody')
    assert.equal(await queue.check(db), 0)
    // It is no job: when its worker dies, the entry is not replaced.
    assert.deepEqual(await entriesHeldBy(db, 'somebody'), [])
    await jobs.query('delete from graphile_worker._private_jobs')
  })
})
