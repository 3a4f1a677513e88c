import assert from 'node:assert/strict'
import { createCache } from '../../server/adapters/cache-memory.ts'
import { createSharedEntries } from '../../server/adapters/cache-redis.ts'
import type { RedisLink } from '../../server/adapters/redis-link.ts'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { fitsGlob } from '../../server/kernel/glob.ts'
import type { Peers } from '../../server/ports/peers.ts'
import { eventually } from '../support/eventually.ts'
import { useRedis } from '../support/redis.ts'

const kept = { ms: 60_000 }

describe('the cache', () => {
  const redis = useRedis()
  const log = createLogger({ level: 'silent', pretty: false })
  const links: RedisLink[] = []
  before(function () {
    if (!redis()) this.skip()
  })
  after(() => links.forEach(link => link.close()))

  /** Instances that hear each other, on one Redis. */
  async function instances(count: number, { deaf = false } = {}) {
    const listeners: Map<string, (message: never) => void>[] = []
    const link = connectRedis(redis()!.url, String(Math.random()), log)
    links.push(link)
    await eventually(() => assert.ok(link.ready))
    return Array.from({ length: count }, (_, own) => {
      const heard = new Map<string, (message: never) => void>()
      listeners.push(heard)
      const peers: Peers = {
        send: (topic, message) =>
          deaf || listeners.forEach((each, nth) => nth !== own && each.get(topic)?.(structuredClone(message) as never)),
        on: (topic, listener) => void heard.set(topic, listener),
      }
      return createCache({ peers, shared: createSharedEntries(link), count: () => {} })
    })
  }
  const alone = () => createCache({ peers: { send: () => {}, on: () => {} }, shared: null, count: () => {} })
  let found = 0
  const find = async () => ({ nth: ++found })

  it('[CA1] finds an answer once for all who ask, and again when its time is over', async () => {
    const cache = alone()
    const [one, other] = await Promise.all([cache.get('a', find, kept), cache.get('a', find, kept)])
    assert.deepEqual(one, other)
    assert.deepEqual(await cache.get('a', find, kept), one)
    const { hits, misses, keys, memoryBytes, backend } = await cache.stats()
    assert.deepEqual([hits, misses, keys, backend], [2, 1, 1, 'memory'])
    assert.ok(memoryBytes > 0)
    await cache.get('short', find, { ms: 1 })
    const before = found
    await eventually(async () => {
      await cache.get('short', find, { ms: 1 })
      assert.ok(found > before)
    })
  })

  it('[CA1] keeps no failure, and gives nobody a thing that another may change', async () => {
    const cache = alone()
    await assert.rejects(cache.get('a', () => Promise.reject(new Error('no')), kept))
    const one = await cache.get('a', find, kept)
    one.nth = -1
    assert.notEqual((await cache.get('a', find, kept)).nth, -1)
  })

  it('[CA2] shares answers between instances through Redis', async () => {
    const [one, other] = await instances(2)
    const answer = await one!.get('a', find, kept)
    assert.deepEqual(await other!.get('a', find, kept), answer)
    assert.deepEqual([(await other!.stats()).hits, (await other!.stats()).backend], [1, 'redis'])
    const [stranger] = await instances(1)
    assert.notDeepEqual(await stranger!.get('a', find, kept), answer, 'another cluster on the same Redis')
  })

  it('[CA3] clears by keys, by a pattern, or all, on every instance and in Redis, and counts', async () => {
    const [one, other] = await instances(2)
    const both = (key: string) => Promise.all([one!, other!].map(cache => cache.get(key, find, kept)))
    const fill = async () => {
      for (const key of ['dashboard:1', 'dashboard:2', 'history:1']) await both(key)
    }
    const changed = async (key: string) => {
      const before = found
      await both(key)
      return found > before
    }
    await fill()
    assert.equal(await one!.clear({ keys: ['dashboard:1', 'none'] }), 1)
    assert.deepEqual([await changed('dashboard:1'), await changed('dashboard:2')], [true, false])
    assert.equal(await other!.clear({ pattern: 'dashboard:*' }), 2)
    assert.deepEqual([await changed('dashboard:2'), await changed('history:1')], [true, false])
    assert.equal(await one!.clear({ all: true }), 2)
    assert.equal((await other!.stats()).keys, 0)
  })

  it('[CA3] drops what instances keep by themselves, with all and by its name', async () => {
    const [one, other] = await instances(2)
    const drops: string[] = []
    for (const [nth, cache] of [one!, other!].entries())
      for (const name of ['sessions', 'flags'])
        cache.include({ name, size: () => 3, drop: () => drops.push(`${name} ${nth}`) })
    assert.equal(await one!.clear({ keys: ['flags'] }), 3)
    assert.deepEqual(drops.splice(0), ['flags 0', 'flags 1'])
    assert.equal(await one!.clear({ all: true }), 6)
    assert.equal(drops.length, 4)
  })

  it('[CA4] does not keep an answer that was being found when the cache was cleared', async () => {
    const cache = alone()
    const { promise, resolve } = Promise.withResolvers<{ nth: number }>()
    const asked = cache.get('a', () => promise, kept)
    await cache.clear({ all: true })
    resolve({ nth: 0 })
    assert.deepEqual(await asked, { nth: 0 })
    assert.notDeepEqual(await cache.get('a', find, kept), { nth: 0 })
  })

  it('[CA4] shares no answer that another instance was finding when the cache was cleared', async () => {
    const [one, other, third] = await instances(3, { deaf: true })
    const { promise, resolve } = Promise.withResolvers<{ nth: number }>()
    const begun = Promise.withResolvers<void>()
    const asked = one!.get(
      'a',
      () => {
        begun.resolve()
        return promise
      },
      kept,
    )
    await begun.promise
    await other!.clear({ keys: ['another'] })
    resolve({ nth: 0 })
    await asked
    assert.notDeepEqual(await third!.get('a', find, kept), { nth: 0 })
  })

  it('[CA4] shares no answer of before a clearing when Redis has lost that there was one', async () => {
    const [one, other] = await instances(2, { deaf: true })
    const answer = await one!.get('a', find, kept)
    await other!.clear({ keys: ['another'] })
    const { pub, prefix } = links.at(-1)!
    await pub.del(`${prefix}:cache-epoch`)
    assert.notDeepEqual(await other!.get('a', find, kept), answer)
  })

  it('[CA5] works without Redis while that is away', async () => {
    const [one] = await instances(1)
    links.at(-1)!.close()
    const answer = await one!.get('a', find, kept)
    assert.deepEqual(await one!.get('a', find, kept), answer)
    assert.equal(await one!.clear({ all: true }), 1)
  })

  const globs: [string, string, boolean][] = [
    ['*', '', true],
    ['*', 'anything', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abbcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*.*', 'a+b', false],
    ['[a]', 'a', false],
    ['', 'a', false],
    ['', '', true],
  ]
  for (const [pattern, text, fits] of globs)
    it(`[CA3] ${fits ? 'fits' : 'does not fit'} ${JSON.stringify(text)} to ${JSON.stringify(pattern)}`, () => {
      assert.equal(fitsGlob(pattern, text), fits)
    })

  it('[CA3] is not kept busy by a pattern', () => {
    assert.equal(fitsGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(200)), false)
  })
})
