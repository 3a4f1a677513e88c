import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { useStage } from './use-stage.ts'
import { ask } from './account.ts'

const limit = 200

describe('rate limits of a cluster', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2, env: { RATE_LIMIT_FREE: String(limit), RATE_LIMIT_PRO: '100000' } })

  /** Sends calls of a person to both instances, and returns how many each has served. */
  const served = async (token: string, times: number): Promise<number[]> => {
    const counts = [0, 0]
    const call = async (nth: number) => {
      const { status } = await ask(stage().instances[nth % 2]!.directUrl, 'GET', '/auth/me', { token })
      if (status === 200) counts[nth % 2]!++
      else assert.equal(status, 429)
    }
    for (let nth = 0; nth < times; nth += 20)
      await Promise.all(Array.from({ length: Math.min(20, times - nth) }, (_, one) => call(nth + one)))
    return counts
  }
  const reset = async (body: object) => stage().admin.at(stage().instances[0]!).rest('POST', '/rate-limits/reset', body)

  it('[RL8] is one limit over all instances, and a reset reaches all of them (attack 107)', async () => {
    // An instance counts by itself while Redis is late.
    const { token, person } = await eventually(async () => {
      const fresh = (await stage().user('ann')).at(stage().instances[0]!)
      const [one, other] = (await served(fresh.token, 2 * limit)) as [number, number]
      assert.ok(Math.abs(one + other - limit) <= limit * 0.05, `served ${one} + ${other}`)
      assert.ok(one > 0 && other > 0)
      return fresh
    })
    assert.equal((await reset({ user_id: person.id })).status, 200)
    await eventually(async () => assert.deepEqual(await served(token, 2), [1, 1]))
  })

  it('[RL8] limits each instance by itself while Redis is silent, at once, and together when it is back (attack 107)', async () => {
    const { token, person } = (await stage().user('bob')).at(stage().instances[0]!)
    await served(token, limit / 2)
    stage().redis.freeze()
    const began = performance.now()
    const [one, other] = (await served(token, 4 * limit)) as [number, number]
    // Each goes on with what it has counted itself.
    assert.deepEqual([one, other], [limit * 0.75, limit * 0.75])
    assert.ok(performance.now() - began < 10_000)
    stage().redis.thaw()
    await reset({ user_id: person.id })
    await eventually(
      async () => {
        await reset({ user_id: person.id })
        const counts = await served(token, 2 * limit)
        assert.ok(Math.abs(counts[0]! + counts[1]! - limit) <= limit * 0.05, `served ${counts}`)
      },
      { within: 30_000 },
    )
  })
})
