import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Logger } from '../kernel/logger.ts'
import type { Count, Counters } from '../ports/counters.ts'
import { countOf, createMemoryCounters } from './counters-memory.ts'
import { removeKeys, scanKeys } from './redis-keys.ts'
import type { RedisLink } from './redis-link.ts'

/** A count that takes longer is not waited for. Redis answers in less than a millisecond. */
const mostWaitMs = 200

/**
 * Counts in Redis, where all instances count together, and beside it what this instance has counted. While Redis is
 * away, or does not answer, that is the count, so limits hold on each instance by itself. Then nobody waits for Redis:
 * counts are still sent there, one at a time, and the first answer makes it the place to count again. In a cluster all
 * of this holds for each node and its keys.
 */
export function createRedisCounters(
  { pub, prefix, partOf, nodes }: Pick<RedisLink, 'pub' | 'prefix' | 'partOf' | 'nodes'>,
  windowSeconds: number,
  log: Logger,
): Counters {
  const own = createMemoryCounters(windowSeconds)
  const space = `${prefix}:limit`
  const shared = new RateLimiterRedis({ storeClient: pub, keyPrefix: space, points: 1, duration: windowSeconds })
  /** Names of the parts of Redis. */
  const away = new Set<string>()
  const trying = new Set<string>()
  const partWith = (key: string) => partOf(`${space}:${key}`)

  function noteAway(part: string) {
    if (away.has(part)) return
    away.add(part)
    log.warn({ part }, 'Redis does not count requests; each instance limits by itself')
  }

  function noteBack(part: string) {
    if (away.delete(part)) log.info({ part }, 'Redis counts requests again')
  }

  const send = async (key: string, amount: number) => countOf(await shared.penalty(key, amount), windowSeconds)

  async function tryAgain(part: string, key: string, amount: number) {
    if (trying.has(part)) return
    trying.add(part)
    await soon(send(key, amount)).then(
      () => noteBack(part),
      () => {},
    )
    trying.delete(part)
  }

  async function withShared(part: string, ask: () => Promise<Count>, here: Promise<Count>): Promise<Count> {
    try {
      return await soon(ask())
    } catch {
      noteAway(part)
      return here
    }
  }

  return {
    windowSeconds,
    add(key, amount) {
      const here = own.add(key, amount)
      const { name, ready } = partWith(key)
      if (away.has(name) || !ready) {
        noteAway(name)
        if (ready) void tryAgain(name, key, amount)
        return here
      }
      return withShared(name, () => send(key, amount), here)
    },
    read(key) {
      const here = own.read(key)
      const { name, ready } = partWith(key)
      if (away.has(name) || !ready) return here
      return withShared(name, async () => countOf(await shared.get(key), windowSeconds), here)
    },
    forgetHere: own.forgetHere,
    async forget(keys) {
      const here = own.forgetHere(keys)
      return Math.max(here, await forgetShared(keys))
    },
  }

  /** Only on nodes that can be reached. */
  async function forgetShared(keys: readonly string[]): Promise<number> {
    const patterns = keys.length === 0 ? [`${space}:*`] : keys.map(key => `${space}:${escaped(key)}:*`)
    let gone = await removeKeys(
      pub,
      keys.map(key => `${space}:${key}`),
    )
    for (const node of nodes())
      for (const pattern of patterns)
        for await (const names of scanKeys(node, pattern)) gone += await removeKeys(pub, names)
    return gone
  }
}

const escaped = (key: string) => key.replace(/[\\*?[\]]/g, '\\$&')

/** @throws Error when the answer does not come soon */
function soon<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // After a pause of the event loop timers come first, and the answer may be there already.
      setImmediate(() => reject(new Error('Redis has not answered')))
    }, mostWaitMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
