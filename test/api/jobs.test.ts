import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Job } from '../../contract/index.ts'
import { createClient } from '../../sdk/index.ts'
import type { JobType } from '../../server/features/jobs/index.ts'
import { forbidden } from '../../server/kernel/errors.ts'
import { eventually } from '../support/eventually.ts'
import { openJobs, type TestJobs } from '../support/jobs.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'

describe('jobs over REST', () => {
  let server: TestServer
  let elsewhere: TestJobs
  let owner: Client
  let go: PromiseWithResolvers<void>
  let fail = false

  /** Does one item, waits until the test lets it continue, and does the other. */
  const waiting: JobType<object, number> = {
    type: 'waiting',
    title: 'Waiting',
    input: z.strictObject({}),
    async run({ step, cursor }) {
      if (cursor === null) {
        await step(async () => ({ cursor: 1, processed: 1, total: 2, result: { ids: [1], good: 1 } }))
        await go.promise
      }
      if (fail) throw forbidden('It may not.')
      await step(async () => ({ cursor: 2, processed: 1 }))
    },
  }

  before(async () => {
    const types = [waiting as unknown as JobType]
    server = await startServer({ tuning: { jobTypes: types, jobBackoffMs: 5 } })
    elsewhere = await openJobs(server.databaseUrl, { types })
    owner = await server.user('owner')
  })
  after(async () => {
    await elsewhere.close()
    await server.close()
  })
  beforeEach(() => {
    go = Promise.withResolvers()
    fail = false
  })
  afterEach(() => go.resolve())

  const enqueue = async (by = owner) => (await elsewhere.enqueue(by.person, { type: 'waiting', input: {} })).id
  const status = async (id: number, by = owner): Promise<Job> =>
    (await by.rest('GET', `/batch/status?id=${id}`)).body.data
  const becomes = (id: number, check: (job: Job) => void) =>
    eventually(async () => {
      const job = await status(id)
      check(job)
      return job
    })
  const half = (id: number) => becomes(id, job => assert.equal(job.processed_items, 1))

  it('[JB12] hides a job from strangers', async () => {
    const id = await enqueue()
    const stranger = await server.user('stranger')
    assert.equal((await server.rest('GET', `/batch/status?id=${id}`)).status, 401)
    assert.equal((await stranger.rest('GET', `/batch/status?id=${id}`)).status, 404)
    assert.equal((await stranger.rest('POST', '/batch/cancel', { id })).status, 404)
    assert.equal((await stranger.rest('POST', '/batch/retry', { id })).status, 403)
    assert.deepEqual((await stranger.rest('GET', '/batch/status')).body.data.results, [])
    assert.equal((await stranger.rest('GET', '/batch/status?id=999999')).status, 404)
  })

  it('[JB13] answers the owner in the envelope, and runs to the end', async () => {
    const id = await enqueue()
    await half(id)
    const { status: code, body } = await owner.rest('GET', `/batch/status?id=${id}`)
    assert.deepEqual([code, body.success, typeof body.message, typeof body.timestamp], [200, true, 'string', 'string'])
    assert.deepEqual([body.data.status, body.data.total_items, body.data.result], ['running', 2, { ids: [1], good: 1 }])
    go.resolve()
    const done = await becomes(id, job => assert.equal(job.status, 'completed'))
    assert.deepEqual([done.processed_items, done.failed_items, done.error], [2, 0, null])
    const { body: received } = await owner.rest('GET', '/notifications')
    const about = received.results.filter(({ data }: { data: { job_id?: number } }) => data.job_id === id)
    assert.deepEqual(
      about.map(({ type }: { type: string }) => type),
      ['job_finished'],
    )
  })

  it('[JB13] lists the own jobs, newest first, by status and type; administrators see all', async () => {
    const other = await server.user('other')
    const [one, two] = [await enqueue(other), await enqueue(other)]
    const ids = async (path: string, by: Client) =>
      (await by.rest('GET', path)).body.data.results.map((job: Job) => job.id)
    assert.deepEqual(await ids('/batch/status', other), [two, one])
    assert.deepEqual(await ids('/batch/status?page_size=1&page=2', other), [one])
    assert.deepEqual(await ids('/batch/status?type=unknown', other), [])
    assert.deepEqual(await ids('/batch/status?status=failed&status=cancelled', other), [])
    assert.ok((await ids('/batch/status?page_size=100', server.admin)).includes(one))
    assert.equal((await other.rest('GET', `/batch/status?id=${one}&type=waiting`)).status, 400)
    assert.equal((await other.rest('GET', '/batch/status?status=done')).status, 400)
    await eventually(async () => {
      const { results } = (await other.rest('GET', '/batch/status')).body.data
      assert.deepEqual(results[0].result, { good: 1 })
    })
  })

  it('[JB14] cancels a running job, and keeps what was done', async () => {
    const id = await enqueue()
    await half(id)
    const { status: code, body } = await owner.rest('POST', '/batch/cancel', { id })
    assert.deepEqual([code, body.data.status, body.data.processed_items], [200, 'cancelled', 1])
    assert.equal((await owner.rest('POST', '/batch/cancel', { id })).status, 409)
    go.resolve()
    const next = await enqueue()
    await becomes(next, job => assert.equal(job.status, 'completed'))
    assert.deepEqual([(await status(id)).status, (await status(id)).processed_items], ['cancelled', 1])
  })

  it('[JB15] shows failed jobs to administrators, who can let them continue', async () => {
    fail = true
    go.resolve()
    const id = await enqueue()
    await becomes(id, job => assert.equal(job.status, 'failed'))
    const { results } = (await server.admin.rest('GET', '/batch/status?status=failed')).body.data
    assert.deepEqual([results[0].id, results[0].error, results[0].attempts], [id, 'It may not.', 1])
    fail = false
    assert.equal((await owner.rest('POST', '/batch/retry', { id })).status, 403)
    assert.equal((await server.admin.rest('POST', '/batch/retry', { id })).status, 200)
    const done = await becomes(id, job => assert.equal(job.status, 'completed'))
    assert.deepEqual([done.processed_items, done.error], [2, null])
    assert.equal((await server.admin.rest('POST', '/batch/retry', { id })).status, 409)
  })

  it('[JB16] reports the state of a job to its owner and administrators, and to nobody else', async () => {
    const stranger = await server.user('stranger')
    const seen = new Map<string, Job[]>()
    const listen = async (by: Client, name: string, room: string) => {
      const socket = await by.socket({}, one => one.on('job_updated', ({ job }) => seen.get(name)!.push(job)))
      seen.set(name, [])
      assert.equal((await socket.emitWithAck('join_room', { room })).ok, true)
    }
    await listen(owner, 'owner', `user_${owner.person.id}`)
    await listen(server.admin, 'admin', 'admin')
    await listen(stranger, 'stranger', `user_${stranger.person.id}`)
    const id = await enqueue()
    await half(id)
    go.resolve()
    // Jobs of earlier tests may still report something.
    const last = (name: string) => seen.get(name)!.findLast(job => job.id === id)
    for (const name of ['owner', 'admin']) await eventually(() => assert.equal(last(name)?.status, 'completed'))
    assert.deepEqual(seen.get('stranger'), [])
  })

  it('[JB16] reports the state of a job to an SDK client, which queries and cancels jobs by name', async () => {
    const client = createClient({ url: server.url, token: owner.token })
    const live = client.realtime()
    const received: Job[] = []
    live.on('job', job => received.push(job))
    live.start([`user_${owner.person.id}`])
    await eventually(() => assert.equal(live.status(), 'live'))
    const id = await enqueue()
    await half(id)
    assert.equal((await client.jobs.cancel({ id })).status, 'cancelled')
    await eventually(() => assert.deepEqual([received.at(-1)?.id, received.at(-1)?.status], [id, 'cancelled']))
    const found = await client.jobs.status({ status: ['cancelled'] })
    assert.ok('results' in found && found.results.some(job => job.id === id))
    live.stop()
  })

  it('[JB17] reports the state of the jobs in the health of the server', async () => {
    const { body } = await server.rest('GET', '/health/detailed')
    const { status: health, listening, queued, running } = body.components.jobs
    assert.deepEqual([health, listening, typeof queued, typeof running], ['healthy', true, 'number', 'number'])
  })
})
