import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openLocalStorage } from '../../server/adapters/storage-local.ts'
import { createTemporaryFiles } from '../../server/adapters/temporary-files.ts'
import { createExportJob } from '../../server/features/exports/export-job.ts'
import type { ExportDeps } from '../../server/features/exports/exports.deps.ts'
import type { ExportKind } from '../../server/features/exports/index.ts'
import type { JobType } from '../../server/features/jobs/index.ts'
import { eventually } from '../support/eventually.ts'
import { makePerson, openJobs, type TestJobs } from '../support/jobs.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

describe('an export that fails again and again', () => {
  let database: TestDatabase
  let dir: string
  let jobs: TestJobs | undefined
  beforeEach(async () => {
    database = await testDatabase()
    dir = await mkdtemp(path.join(tmpdir(), 'taskwire-exports-'))
  })
  afterEach(async () => {
    await jobs?.close()
    await database.drop()
    await rm(dir, { recursive: true })
  })

  it('[XP15] is tried five times, although each run gets further than the queue can tell, and leaves no file', async () => {
    let runs = 0
    const failing: ExportKind = {
      adminOnly: false,
      check: () => {},
      async *write({ db, progress }) {
        runs++
        yield 'half of it'
        await progress.done(1)
        // As when the connection breaks.
        await db.query({ text: 'select 1 / 0', values: [] })
      },
    }
    // The job is registered before there is a database that it could use.
    const deps = {} as ExportDeps
    const type: JobType = {
      ...(createExportJob({} as ExportDeps) as unknown as JobType),
      run: work => createExportJob(deps).run(work as never),
      ended: () => Promise.resolve(),
    }
    jobs = await openJobs(database.url, { types: [type] })
    Object.assign(deps, {
      database: jobs.database,
      storage: openLocalStorage(path.join(dir, 'files')),
      temporaryFiles: createTemporaryFiles(path.join(dir, 'drafts')),
      kinds: { failing },
      hours: 1,
    })
    await jobs.jobs.start()
    const person = await makePerson(jobs, 'somebody')
    const input = { type: 'failing', format: 'csv', filters: {} }
    const { id } = await jobs.enqueue(person, { type: 'export', input })
    await eventually(async () => assert.equal((await jobs!.find(id)).status, 'failed'), { within: 20_000 })
    assert.equal(runs, 5)
    assert.match((await jobs.find(id)).error!, /5 attempts/)
    assert.deepEqual(await readdir(path.join(dir, 'drafts')), [])
  })
})
