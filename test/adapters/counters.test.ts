import assert from 'node:assert/strict'
import { createMemoryCounters } from '../../server/adapters/counters-memory.ts'
import { createRedisCounters } from '../../server/adapters/counters-redis.ts'
import type { RedisLink } from '../../server/adapters/redis-link.ts'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Counters } from '../../server/ports/counters.ts'
import { eventually } from '../support/eventually.ts'
import { useRedis } from '../support/redis.ts'

/** What every implementation promises. */
function counting(create: (windowSeconds?: number) => Promise<Counters>) {
  it('[RL8] counts each key in a window of its own', async () => {
    const counters = await create()
    assert.equal((await counters.read('a')).amount, 0)
    assert.equal((await counters.add('a', 2)).amount, 2)
    const { amount, leftMs } = await counters.add('a', 3)
    assert.equal(amount, 5)
    assert.ok(leftMs > 50_000 && leftMs <= 60_000)
    assert.equal((await counters.add('b', 1)).amount, 1)
    assert.equal((await counters.add('a', -4)).amount, 1)
    assert.equal((await counters.read('a')).amount, 1)
  })

  it('[RL8] begins at zero when the window is over', async () => {
    const counters = await create(1)
    await counters.add('a', 5)
    await eventually(async () => assert.equal((await counters.add('a', 0)).amount, 0))
  })

  it('[RL7] forgets keys, what is below them, or all', async () => {
    const counters = await create()
    const all = ['a', 'a:b', 'ab', 'c:[1]:d']
    const count = () => Promise.all(all.map(key => counters.add(key, 1)))
    const left = async () => (await Promise.all(all.map(key => counters.read(key)))).map(({ amount }) => amount)
    await count()
    assert.equal(await counters.forget(['a', 'c:[1]']), 3)
    assert.deepEqual(await left(), [0, 0, 1, 0])
    await count()
    assert.equal(await counters.forget([]), 4)
    assert.deepEqual(await left(), [0, 0, 0, 0])
  })
}

describe('counters in memory', () => counting(async (seconds = 60) => createMemoryCounters(seconds)))

describe('counters in Redis', () => {
  const redis = useRedis()
  const log = createLogger({ level: 'silent', pretty: false })
  const links: RedisLink[] = []
  before(function () {
    if (!redis()) this.skip()
  })
  after(() => links.forEach(link => link.close()))

  async function connect(secret = String(Math.random())) {
    const link = connectRedis(redis().url, secret, log)
    links.push(link)
    await eventually(() => assert.ok(link.ready))
    return link
  }
  counting(async (seconds = 60) => createRedisCounters(await connect(), seconds, log))

  it('[RL8] are shared by instances, and not by clusters', async () => {
    const [one, other, foreign] = await Promise.all(
      ['a', 'a', 'b'].map(async secret => createRedisCounters(await connect(secret), 60, log)),
    )
    await Promise.all([one!.add('k', 3), other!.add('k', 4), foreign!.add('k', 9)])
    assert.equal((await one!.read('k')).amount, 7)
  })

  it('[RL8] go on with what the instance has counted when Redis is silent, wait once, and come back to Redis', async () => {
    const counters = createRedisCounters(await connect(), 60, log)
    await counters.add('k', 5)
    redis().freeze()
    try {
      const began = performance.now()
      const counted = await Promise.all(Array.from({ length: 50 }, () => counters.add('k', 1)))
      assert.equal(counted.at(-1)!.amount, 55)
      assert.ok(performance.now() - began < 900, 'nobody waits until the command times out')
      const took: number[] = []
      for (const amount of [56, 57, 58]) {
        const next = performance.now()
        assert.equal((await counters.add('k', 1)).amount, amount)
        assert.equal((await counters.read('k')).amount, amount)
        took.push(performance.now() - next)
      }
      assert.ok(Math.min(...took) < 100, `afterwards nobody waits at all: ${took}`)
    } finally {
      redis().thaw()
    }
    const other = createRedisCounters(links.at(-1)!, 60, log)
    // What another instance counts shows where this one counts.
    await eventually(async () => {
      await other.add('k', 1_000)
      assert.ok((await counters.add('k', 1)).amount > 1_000)
    })
  })

  it('[RL8] go on when Redis is gone, and come back when it is', async () => {
    const counters = createRedisCounters(await connect(), 60, log)
    await counters.add('k', 5)
    await redis().kill()
    await eventually(async () => assert.ok((await counters.add('k', 1)).amount > 5))
    assert.equal(await counters.forget(['k']), 1)
    assert.equal((await counters.add('k', 1)).amount, 1)
    await redis().restart()
    const other = createRedisCounters(links.at(-1)!, 60, log)
    await eventually(async () => {
      await counters.add('k', 1)
      assert.ok((await other.read('k')).amount > 0)
    })
  })
})
