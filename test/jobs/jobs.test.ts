import assert from 'node:assert/strict'
import sql from 'sql-template-tag'
import { z } from 'zod'
import type { Job, User } from '../../contract/index.ts'
import type { JobType } from '../../server/features/jobs/index.ts'
import { listJobs } from '../../server/features/jobs/jobs.queries.ts'
import { AppError, unavailable } from '../../server/kernel/errors.ts'
import { createHub } from '../support/hub.ts'
import { eventually } from '../support/eventually.ts'
import { counting, makeEffectsTable, makePerson, openJobs, type TestJobs } from '../support/jobs.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

describe('jobs', () => {
  let database: TestDatabase
  const open: TestJobs[] = []
  const tries = new Map<string, number>()
  let person: User

  /** Fails as often as its input says. */
  const failing: JobType<{ name: string; times: number; how: string }, number> = {
    type: 'failing',
    title: 'Failing',
    input: z.strictObject({ name: z.string(), times: z.int(), how: z.string() }),
    async run({ input: { name, times, how }, step }) {
      await step(async () => ({ cursor: 1, processed: 1 }))
      const nth = (tries.get(name) ?? 0) + 1
      tries.set(name, nth)
      if (nth > times) return
      if (how === 'for good') throw new AppError('forbidden', 'You may not do this any more.')
      throw how === 'passing' ? unavailable() : new Error('secret: the inner workings')
    },
  }

  const start = async (types: JobType[] = [], peers?: Parameters<typeof openJobs>[1]) => {
    const opened = await openJobs(database.url, { types: [failing as unknown as JobType, ...types], ...peers })
    open.push(opened)
    return opened
  }
  const ended = (jobs: TestJobs, id: number, within = 10_000) =>
    eventually(
      async () => {
        const job = await jobs.find(id)
        assert.notEqual(job.completed_at, null)
        return job
      },
      { within },
    )

  beforeEach(async () => {
    database = await testDatabase()
    const first = await start()
    await makeEffectsTable(database)
    person = await makePerson(first, 'somebody')
    tries.clear()
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
    await database.drop()
  })

  it('[JB1] makes a job with the change that it belongs to, or not at all', async () => {
    const [first] = open
    await assert.rejects(
      first!.database.transaction(async tx => {
        const scope = { person, sessionId: '', requestId: '', address: '', userAgent: '' }
        const full = { ...tx, now: new Date().toISOString(), record: () => {}, asBulk: () => {} }
        await first!.jobs.enqueue(full, scope, { type: 'counting', input: { items: 1 } })
        throw new Error('changed my mind')
      }),
    )
    assert.deepEqual(await first!.query('select from jobs'), [])
    assert.deepEqual(await first!.query('select from graphile_worker._private_jobs'), [])
  })

  it('[JB2] does each item and reports its progress, with the last state at the end', async () => {
    const [first] = open
    await first!.jobs.start()
    const { id, status, total_items } = await first!.enqueue(person, { type: 'counting', input: { items: 40 } })
    assert.deepEqual([status, total_items], ['queued', null])
    const job = await ended(first!, id)
    assert.deepEqual([job.status, job.total_items, job.processed_items], ['completed', 40, 40])
    assert.equal((await first!.query('select from effects')).length, 40)
    await eventually(() => assert.equal(first!.reported.at(-1)?.status, 'completed'))
    assert.ok(first!.reported.length < 10, `reported ${first!.reported.length} times`)
    const notifications = await first!.query<{ type: string; data: object }>('select type, data from notifications')
    assert.deepEqual(notifications, [
      { type: 'job_finished', data: { job_id: id, job_type: 'counting', status: 'completed' } },
    ])
  })

  it('[JB3] tries again after a fault, with pauses, and does not repeat what is done', async () => {
    const [first] = open
    await first!.jobs.start()
    const job = await first!.enqueue(person, { type: 'failing', input: { name: 'a', times: 2, how: 'passing' } })
    const done = await ended(first!, job.id)
    assert.deepEqual([done.status, tries.get('a'), done.error], ['completed', 3, null])
  })

  it('[JB21] repeats the steps that a crash of the database lost, also the last one', async () => {
    // Simulates such a crash: it takes the row and the effects of a step that was committed without waiting for the disk.
    const take = `with gone as (delete from effects where item > 0 returning 1)
      update jobs set cursor = '1', processed_items = 1 where exists (select from gone)`
    for (const lostAfter of [2, 3]) {
      const losing: JobType<object, number> = {
        type: 'losing',
        title: 'Losing',
        input: z.strictObject({}),
        async run({ cursor, step }) {
          for (let item = cursor ?? 0; item < 3; item++) {
            await step(async tx => {
              await tx.query({ text: 'insert into effects (item) values ($1)', values: [item] })
              return { cursor: item + 1, processed: 1 }
            })
            if (item + 1 === lostAfter && tries.get('lost') !== lostAfter) {
              tries.set('lost', lostAfter)
              await second.query(take)
            }
          }
        },
      }
      const second = await start([losing as unknown as JobType])
      await second.jobs.start()
      await second.query('delete from effects')
      const { id } = await second.enqueue(person, { type: 'losing', input: {} })
      const job = await ended(second, id)
      assert.deepEqual([job.status, job.processed_items], ['completed', 3])
      assert.deepEqual(await second.query('select item from effects order by 1'), [
        { item: 0 },
        { item: 1 },
        { item: 2 },
      ])
      await open.pop()!.close()
    }
  })

  it('[JB4] gives up after five tries without progress, and reveals nothing internal', async () => {
    const stuck: JobType<object, number> = {
      type: 'stuck',
      title: 'Stuck',
      input: z.strictObject({}),
      async run() {
        tries.set('stuck', (tries.get('stuck') ?? 0) + 1)
        throw new Error('secret: the inner workings')
      },
    }
    const second = await start([stuck as unknown as JobType])
    await second.jobs.start()
    const { id } = await second.enqueue(person, { type: 'stuck', input: {} })
    const job = await ended(second, id)
    assert.deepEqual([job.status, job.attempts, tries.get('stuck')], ['failed', 5, 5])
    assert.equal(job.error, 'Something went wrong on our side.')
  })

  it('[JB4] fails at once, with its reason, when trying again cannot help', async () => {
    const [first] = open
    await first!.jobs.start()
    const { id } = await first!.enqueue(person, { type: 'failing', input: { name: 'b', times: 9, how: 'for good' } })
    const job = await ended(first!, id)
    assert.deepEqual([job.status, job.error, tries.get('b')], ['failed', 'You may not do this any more.', 1])
  })

  it('[JB5] refuses every step of a worker whose job another worker has taken up', async () => {
    const [frozen, woken, half, go, gone] = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    let runs = 0
    const freezing: JobType<object, number> = {
      type: 'freezing',
      title: 'Freezing',
      input: z.strictObject({}),
      async run({ step, cursor }) {
        const first = ++runs === 1
        if (first) {
          frozen!.resolve()
          await woken!.promise
        }
        try {
          for (let item = cursor ?? 0; item < 3; item++) {
            await step(async tx => {
              await tx.query({ text: 'insert into effects (item) values ($1)', values: [item] })
              return { cursor: item + 1, processed: 1 }
            })
            half!.resolve()
            if (!first) await go!.promise
          }
        } finally {
          if (first) gone!.resolve()
        }
      },
    }
    const [one, two] = [await start([freezing as unknown as JobType]), await start([freezing as unknown as JobType])]
    await one.jobs.start()
    const job = await one.enqueue(person, { type: 'freezing', input: {} })
    await frozen!.promise
    await two.jobs.start()
    await two.queue.add(two.database, job)
    await half!.promise
    woken!.resolve()
    await gone!.promise
    const between = await two.find(job.id)
    go!.resolve()
    assert.deepEqual([between.status, between.processed_items], ['running', 1])
    assert.equal((await ended(two, job.id)).status, 'completed')
    assert.deepEqual(
      (await two.query<{ item: number }>('select item from effects order by item')).map(({ item }) => item),
      [0, 1, 2],
    )
  })

  it('[JB6] finishes the running step when the instance stops, and another instance continues', async () => {
    const stepping = Promise.withResolvers<void>()
    const going = Promise.withResolvers<void>()
    const slow: JobType<object, number> = {
      type: 'slow',
      title: 'Slow',
      input: z.strictObject({}),
      async run({ step, cursor }) {
        for (let item = cursor ?? 0; item < 5; item++) {
          await step(async tx => {
            await tx.query({ text: 'insert into effects (item) values ($1)', values: [item] })
            stepping.resolve()
            if (item === 0) await going.promise
            return { cursor: item + 1, processed: 1 }
          })
        }
      },
    }
    const [one, two] = [await start([slow as unknown as JobType]), await start([slow as unknown as JobType])]
    await one.jobs.start()
    const { id } = await one.enqueue(person, { type: 'slow', input: {} })
    await stepping.promise
    const stopped = one.jobs.stop()
    going.resolve()
    await stopped
    const between: Job = await one.find(id)
    assert.deepEqual([between.status, between.processed_items, between.attempts], ['queued', 1, 0])
    await two.jobs.start()
    assert.equal((await ended(two, id)).processed_items, 5)
    assert.equal((await two.query('select from effects')).length, 5)
  })

  it('[JB7] sends job updates to the sockets of every instance', async () => {
    const hub = createHub()
    const [one, two] = [
      await start([], { peers: hub.connect().peers }),
      await start([], { peers: hub.connect().peers }),
    ]
    await one.jobs.start()
    const { id } = await one.enqueue(person, { type: counting.type, input: { items: 2 } })
    await eventually(() => assert.equal(two.reported.at(-1)?.status, 'completed'))
    assert.equal(two.reported.at(-1)?.id, id)
  })

  it('[JB8] queues a job again that has lost its entry in the queue', async () => {
    const [first] = open
    const { id } = await first!.enqueue(person, { type: 'counting', input: { items: 1 } })
    await first!.query('delete from graphile_worker._private_jobs')
    await first!.query(`update jobs set created_at = now() - interval '1 minute'`)
    await first!.jobs.start()
    assert.equal((await ended(first!, id)).status, 'completed')
  })

  it('[JB9] refuses more than twenty unfinished jobs of one person', async () => {
    const [first] = open
    for (let nth = 0; nth < 20; nth++) await first!.enqueue(person, { type: 'counting', input: { items: 1 } })
    await assert.rejects(first!.enqueue(person, { type: 'counting', input: { items: 1 } }), { code: 'rate_limited' })
    const other = await makePerson(first!, 'other')
    await first!.enqueue(other, { type: 'counting', input: { items: 1 } })
  })

  it('[JB9] refuses more than twenty at once too, and more than the limit of a type', async () => {
    const few = { ...counting, type: 'few', mostUnfinished: 2 } as unknown as JobType
    const first = await start([few])
    const taken = async (type: string, count: number) => {
      const calls = Array.from({ length: count }, () => first.enqueue(person, { type, input: { items: 1 } }))
      return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length
    }
    assert.equal(await taken('few', 5), 2)
    assert.equal(await taken('counting', 24), 18)
    const scope = { person, sessionId: '', requestId: '', address: '', userAgent: '' }
    await assert.rejects(first.jobs.assertRoom(scope, 'counting'), { code: 'rate_limited' })
  })

  it('[JB13] reads neither input nor cursor nor lists in results from the database for lists of jobs', async () => {
    const [first] = open
    const insert = (result: string | null) =>
      first!.query(
        `insert into jobs (type, input, cursor, result, created_by, created_at) values ('a', '{}', '1', $1, $2, now())`,
        [result, person.id],
      )
    for (const result of [null, '{"created": 1, "of": {"a": [1]}, "errors": [1, 2]}', '{"errors": []}'])
      await insert(result)
    const clauses = { after: sql`true`, window: sql`order by id` }
    const rows = await listJobs(first!.database, sql`type = 'a'`, clauses as never)
    assert.deepEqual(
      rows.map(({ result }) => result),
      [null, { created: 1, of: { a: [1] } }, {}],
    )
    assert.deepEqual(
      ['input', 'cursor', 'id'].map(column => column in rows[0]!),
      [false, false, true],
    )
  })

  it('[JB15] reports whether a failed job may continue, and which inputs are still needed for that', async () => {
    const reported: unknown[] = []
    const ending = {
      ...failing,
      type: 'ending',
      run: async ({ input: { how } }: { input: { how: string } }) => {
        throw how === 'passing' ? unavailable() : new AppError('forbidden', 'No more.')
      },
      ended: async (_job: Job, { how }: { how: string }, mayGoOn: boolean) => void reported.push([how, mayGoOn]),
    }
    const second = await start([ending as unknown as JobType])
    await second.jobs.start()
    for (const how of ['for good', 'passing']) {
      const { id } = await second.enqueue(person, { type: 'ending', input: { name: how, times: 9, how } })
      await ended(second, id)
    }
    await eventually(() =>
      assert.deepEqual(reported, [
        ['for good', false],
        ['passing', true],
      ]),
    )
    const other = await makePerson(second, 'other')
    await second.query(
      `insert into jobs (type, input, status, created_by, created_at, completed_at)
      select 'kept', json_build_object('nth', nth), 'failed', $1::bigint, now(), now() - nth * interval '1 day'
      from generate_series(0, 9) as nth union all select 'kept', '{"nth": "other"}', 'failed', $2::bigint, now(), now()
      union all select 'kept', '{"nth": "waiting"}', 'queued', $2::bigint, now(), null`,
      [person.id, other.id],
    )
    const kept = async (failed: { withinDays: number; most: number }) =>
      ((await second.jobs.inputsOf('kept', failed)) as { nth: unknown }[]).map(({ nth }) => String(nth)).sort()
    assert.deepEqual(await kept({ withinDays: 7, most: 3 }), ['0', '1', '2', 'other', 'waiting'])
    assert.deepEqual(await kept({ withinDays: 2, most: 3 }), ['0', '1', 'other', 'waiting'])
  })

  it('[JB10] does nothing for a person whose account is disabled', async () => {
    const [first] = open
    const { id } = await first!.enqueue(person, { type: 'counting', input: { items: 3 } })
    await first!.query('update users set is_active = false where id = $1', [person.id])
    await first!.jobs.start()
    const job = await ended(first!, id)
    assert.deepEqual([job.status, job.processed_items], ['failed', 0])
    assert.match(String(job.error), /no longer active/)
  })
})
