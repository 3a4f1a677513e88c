import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { addTask } from '../suites/answers.ts'
import { ask } from './account.ts'
import { lateness, quantile, report, reportLateness } from './figures.ts'
import { type Operation } from './settle.ts'
import { useLoad } from './use-load.ts'
import { useStage } from './use-stage.ts'

describe('a cluster and its Redis', function () {
  this.timeout(120_000)
  const stage = useStage()
  const under = useLoad(stage)
  const answers = (operations: Operation[]) => operations.flatMap(({ attempts }) => attempts)

  it('[FT1] loses nothing, repeats nothing and is late by a second at most when its listeners are cut off', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => addTask(stage().admin.at(stage().instances[0]!))))
    const task_ids = made.map(({ id }) => id)
    // 200 events a second.
    const write = (nth: number) => ({
      method: 'POST',
      path: '/tasks/bulk-update',
      body: { task_ids, updates: { category: `kind ${nth}` } },
    })
    let killed = 0
    const { operations, followers } = await under({ perSecond: 20, write }, async () => {
      for (let times = 0; times < 5; times++) {
        killed += await stage().redis.clientKill()
        await sleep(150)
      }
      await sleep(1_000)
    })
    assert.ok(killed >= 3)
    const late = lateness(followers, operations)
    reportLateness(late)
    assert.ok(late.at(-1)! < 5_000)
    assert.deepEqual(new Set(answers(operations).map(({ status }) => status)), new Set([200]))
  })

  it('[FT2] answers every call without Redis, reads events from PostgreSQL, and reports degraded health', async () => {
    const { instances, redis } = stage()
    const { operations, followers } = await under({}, async () => {
      await redis.kill()
      const down = performance.now()
      for (const { directUrl } of instances) {
        assert.equal((await ask(directUrl, 'GET', '/health/ready')).status, 200)
        // An answer is shared for a second, so it may be one of before.
        await eventually(async () => {
          const { body } = await ask(directUrl, 'GET', '/health/detailed')
          assert.deepEqual([body.status, body.components.redis.status], ['degraded', 'unhealthy'])
        })
      }
      await sleep(Math.max(0, 4_000 - (performance.now() - down)))
      await redis.restart()
      await eventually(
        async () => {
          for (const { directUrl } of instances)
            assert.equal((await ask(directUrl, 'GET', '/health')).body.status, 'healthy')
        },
        { within: 10_000, every: 100 },
      )
      report({ 'all healthy after ms': performance.now() - down - 4_000 })
    })
    const late = lateness(followers, operations)
    reportLateness(late)
    assert.deepEqual(new Set(answers(operations).map(({ status }) => status)), new Set([201]))
    assert.ok(quantile(late, 0.99) < 3_000)
    assert.ok(
      followers.every(({ connects }) => connects === 1),
      'no client had to leave',
    )
  })

  it('[FT3] lets no call hang, loses nothing and keeps its memory while Redis answers nothing', async () => {
    const { instances, redis } = stage()
    const before = instances.map(instance => instance.memory())
    const { operations, followers } = await under({}, async () => {
      redis.freeze()
      await sleep(5_000)
      redis.thaw()
      await sleep(500)
    })
    const took = answers(operations)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b)
    const grown = Math.max(...instances.map((instance, nth) => instance.memory() - before[nth]!))
    reportLateness(lateness(followers, operations))
    report({ 'calls took at most ms': took.at(-1)!, 'memory grew by MB': grown })
    assert.ok(took.at(-1)! < 3_000)
    assert.ok(!(grown > 100), `${grown} MB`)
  })
})
