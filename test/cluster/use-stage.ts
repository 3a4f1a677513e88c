import assert from 'node:assert/strict'
import { type RedisControl, useRedis } from '../support/redis.ts'
import { openStage, type Stage, type StageOptions, type StageRedis } from './stage.ts'

type Options = Omit<StageOptions, 'redis'>

/**
 * A cluster for the tests of one file. After each test everything is healed, and no process may have died that was not
 * killed; when a test fails, the output of the instances is shown.
 */
export const useStage = (options: Options = {}): (() => Stage<RedisControl>) => useStageWith(useRedis(), options)

/** The same with another Redis. */
export function useStageWith<R extends StageRedis>(redis: () => R, options: Options = {}): () => Stage<R> {
  const opened: Stage<R>[] = []

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

function showOutput({ instances }: Pick<Stage, 'instances'>): void {
  for (const { name, output } of instances)
    console.warn(`--- ${name} at the end\n${output().slice(-30).join('\n').slice(-6_000)}`)
}
