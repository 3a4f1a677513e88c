import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { ask } from './account.ts'
import { lateness, report, reportLateness } from './figures.ts'
import type { Operation } from './settle.ts'
import { useLoad } from './use-load.ts'
import { useStage } from './use-stage.ts'

describe('a cluster and its PostgreSQL', function () {
  this.timeout(120_000)
  const stage = useStage({ ownPostgres: true })
  const under = useLoad(stage)

  const statuses = (operations: Operation[]) =>
    new Set(operations.flatMap(({ attempts }) => attempts.map(({ status }) => status)))

  /** Milliseconds until every instance reports to be healthy. */
  async function healing(): Promise<number> {
    const began = performance.now()
    await eventually(
      async () => {
        for (const { directUrl } of stage().instances)
          assert.equal((await ask(directUrl, 'GET', '/health', { withinMs: 3_000 })).body.status, 'healthy')
      },
      { within: 15_000, every: 50 },
    )
    return performance.now() - began
  }

  it('[FT7] answers 503 with Retry-After at worst when PostgreSQL crashes, never a false success, and recovers by itself', async () => {
    const { operations, followers } = await under({}, async () => {
      await stage().restartPostgres(1_000)
      report({ 'all healthy after ms': await healing() })
      await sleep(500)
    })
    reportLateness(lateness(followers, operations))
    assert.deepEqual(
      [...statuses(operations)].filter(status => ![201, 503].includes(status)),
      [],
    )
  })

  it('[FT8] keeps its sockets while PostgreSQL is frozen; calls wait or are answered with Retry-After', async () => {
    const { operations, followers } = await under({ perSecond: 20 }, async () => {
      await stage().postgres!.freeze()
      await sleep(5_000)
      await stage().postgres!.thaw()
      report({ 'all healthy after ms': await healing() })
      await sleep(500)
    })
    reportLateness(lateness(followers, operations))
    assert.deepEqual(
      [...statuses(operations)].filter(status => ![201, 503].includes(status)),
      [],
    )
    assert.ok(
      followers.every(({ connects }) => connects === 1),
      'no client had to leave',
    )
  })
})
