import assert from 'node:assert/strict'
import { useRedis } from '../support/redis.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'

/**
 * A cluster for the tests of one file. After each test everything is healed, and no process may have died that was not
 * killed; when a test fails, the output of the instances is shown.
 */
export function useStage(options: Omit<StageOptions, 'redis'> = {}): () => Stage {
  const redis = useRedis()
  const opened: Stage[] = []

  before(async function () {
    this.timeout(60_000)
    if (redis()) opened.push(await openStage({ ...options, redis: redis() }))
    else this.skip()
  })

  afterEach(async function () {
    this.timeout(60_000)
    for (const stage of opened) {
      if (this.currentTest?.state === 'failed') showOutput(stage)
      await stage.heal()
      assert.deepEqual(stage.faults(), [])
    }
  })

  after(async function () {
    this.timeout(60_000)
    for (const stage of opened) await stage.close()
  })

  return () => opened[0]!
}

function showOutput({ instances }: Stage): void {
  for (const { name, output } of instances)
    console.warn(`--- ${name} at the end\n${output().slice(-30).join('\n').slice(-6_000)}`)
}
