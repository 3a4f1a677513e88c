import assert from 'node:assert/strict'
import { z } from 'zod'
import type { User } from '../../contract/index.ts'
import { createShares } from '../../server/adapters/jobs-shares.ts'
import type { JobType } from '../../server/features/jobs/index.ts'
import { eventually } from '../support/eventually.ts'
import { makePerson, openJobs, type TestJobs, makeEffectsTable } from '../support/jobs.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

describe('jobs of several people', function () {
  this.timeout(120_000)
  let database: TestDatabase
  const open: TestJobs[] = []
  let release = Promise.withResolvers<void>()
  const held = { now: 0, most: 0 }
  let [ann, bob]: User[] = []

  /** A job that runs until the test ends. */
  const holding: JobType<object, number> = {
    type: 'holding',
    title: 'Holding',
    input: z.strictObject({}),
    async run() {
      held.most = Math.max(held.most, ++held.now)
      await release.promise
      held.now--
    },
  }
  const start = async () => {
    const jobs = await openJobs(database.url, { types: [holding as unknown as JobType] })
    open.push(jobs)
    return jobs
  }
  const enqueue = (person: User | undefined, type: string, input: object = {}) =>
    open[0]!.enqueue(person!, { type, input })
  const ends = (id: number) =>
    eventually(async () => assert.equal((await open[0]!.find(id)).status, 'completed'), { within: 15_000 })
  const areHeld = (count: number) => eventually(() => assert.equal(held.now, count))

  beforeEach(async () => {
    database = await testDatabase()
    release = Promise.withResolvers<void>()
    Object.assign(held, { now: 0, most: 0 })
    const first = await start()
    await makeEffectsTable(database)
    ;[ann, bob] = [await makePerson(first, 'ann'), await makePerson(first, 'bob')]
  })
  afterEach(async () => {
    release.resolve()
    for (const one of open.splice(0)) await one.close()
    await database.drop()
  })

  for (const instances of [1, 2])
    it(`[JB22] keeps one person’s twenty long jobs from delaying anybody else’s, on ${instances} instances`, async () => {
      while (open.length < instances) await start()
      for (let nth = 0; nth < 20; nth++) await enqueue(ann, 'holding')
      for (const { jobs } of open) await jobs.start()
      await areHeld(2 * instances)
      for (let nth = 0; nth < 3; nth++) await ends((await enqueue(bob, 'counting', { items: 1 })).id)
      assert.equal(held.most, 2 * instances)
    })

  it('[JB22] does so when the long jobs were all there before a worker started', async () => {
    for (let nth = 0; nth < 20; nth++) await enqueue(ann, 'holding')
    const { id } = await enqueue(bob, 'counting', { items: 1 })
    await open[0]!.jobs.start()
    await ends(id)
    release.resolve()
    await eventually(async () => {
      const left = await open[0]!.query(`select from jobs where status <> 'completed'`)
      assert.equal(left.length, 0)
    })
  })

  it('[JB22] gives a free place to the person with fewer', () => {
    const shares = createShares()
    shares.begin(1)
    assert.deepEqual([shares.hasShare(1), shares.withShare()], [false, []])
    shares.begin(1)
    assert.deepEqual([shares.hasShare(1), shares.hasShare(2), shares.withShare()], [true, false, [1]])
    shares.begin(2)
    shares.end(1)
    assert.deepEqual([shares.hasShare(1), shares.hasShare(3), shares.withShare()], [true, false, [1, 2]])
    shares.end(2)
    assert.deepEqual([shares.hasShare(1), shares.withShare()], [false, []])
  })
})
