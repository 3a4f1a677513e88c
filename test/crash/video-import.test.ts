import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { User } from '../../contract/index.ts'
import { videoImport } from '../../server/features/videos/videos.import.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { makePerson, openJobs, type TestJobs } from '../support/jobs.ts'
import { type OEmbed, startOEmbed, talk, videoId } from '../support/oembed.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const program = fileURLToPath(new URL('./import-instance.ts', import.meta.url))
const urls = [1, 2, 3, 4, 5].map(talk)

describe('an import that is killed', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let here: TestJobs
  let oembed: OEmbed
  let person: User
  const running: ChildProcess[] = []

  beforeEach(async () => {
    database = await testDatabase()
    oembed = await startOEmbed(address => ({ body: { title: address } }))
    here = await openJobs(database.url)
    here.jobs.register(videoImport({ database: here.database, describe: () => Promise.reject(new Error('not here')) }))
    person = await makePerson(here, 'somebody')
  })
  afterEach(async () => {
    for (const child of running.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child)
    await here.close()
    await oembed.close()
    await database.drop()
  })

  const instance = async () => {
    const child = spawn(process.execPath, [program, database.url, oembed.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    running.push(child)
    await once(child.stdout!, 'data')
    return child
  }
  const kill = async (child: ChildProcess) => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const enqueue = async () =>
    (await here.enqueue(person, { type: 'import_videos', input: { urls, project_id: null } })).id
  const finishes = (id: number) =>
    eventually(
      async () => {
        const job = await here.find(id)
        assert.equal(job.status, 'completed')
        return job
      },
      { within: 20_000 },
    )

  /** Checks that each video exists once, was reported once, and is `imported` in the result. */
  async function eachOnce(id: number) {
    const job = await finishes(id)
    const { items, ...counts } = job.result as any
    assert.deepEqual(counts, { imported: urls.length, duplicates: 0, failed: 0 })
    const rows = await here.query<{ id: number; provider_id: string }>('select id, provider_id from videos order by id')
    assert.deepEqual(
      rows.map(({ provider_id }) => provider_id),
      [1, 2, 3, 4, 5].map(videoId),
    )
    assert.deepEqual(
      items.map(({ video_id }: any) => video_id),
      rows.map(({ id: one }) => one),
    )
    const reported = await here.query(`select from outbox, unnest(names) name where name = 'video_created'`)
    assert.equal(reported.length, urls.length)
  }

  it('[VI15] continues at the next start when it is killed while it asks the provider, and adds each video once', async () => {
    const { promise: never } = Promise.withResolvers<void>()
    oembed.answerWith(address => ({ body: { title: address }, ...(address === urls[2] && { until: never }) }))
    const first = await instance()
    const id = await enqueue()
    await eventually(() => assert.equal(oembed.asked.length, 3))
    await kill(first)
    assert.equal((await here.find(id)).processed_items, 2)
    oembed.answerWith(address => ({ body: { title: address } }))
    await instance()
    await eachOnce(id)
  })

  it('[VI15] continues at another instance when it is killed while it adds a video, and adds each video once', async () => {
    const holder = await openConnection(database.url)
    oembed.answerWith(address => {
      if (address !== urls[2]) return { body: { title: address } }
      const until = holder.query('begin').then(() => holder.query('lock table videos in share row exclusive mode'))
      return { body: { title: address }, until }
    })
    const first = await instance()
    const id = await enqueue()
    await eventually(async () => {
      const waiting = await here.query(`select from pg_locks where relation = 'videos'::regclass and not granted`)
      assert.equal(waiting.length, 1)
    })
    oembed.answerWith(address => ({ body: { title: address } }))
    await instance()
    await kill(first)
    await holder.query('commit')
    await eachOnce(id)
  })
})
