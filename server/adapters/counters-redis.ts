import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Logger } from '../kernel/logger.ts'
import type { Count, Counters } from '../ports/counters.ts'
import { countOf, createMemoryCounters } from './counters-memory.ts'
import type { RedisLink } from './redis.ts'

/** A count that takes longer is not waited for. Redis answers in less than a millisecond. */
const mostWaitMs = 200
const scannedAtOnce = 500

/**
 * Counts in Redis, where all instances count together, and beside it what this instance has counted. While Redis is
 * away, or does not answer, that is the count, so limits hold on each instance by itself. Then nobody waits for Redis:
 * counts are still sent there, one at a time, and the first answer makes it the place to count again.
 */
export function createRedisCounters(
  { pub, prefix }: Pick<RedisLink, 'pub' | 'prefix'>,
  windowSeconds: number,
  log: Logger,
): Counters {
  const own = createMemoryCounters(windowSeconds)
  const space = `${prefix}:limit`
  const shared = new RateLimiterRedis({ storeClient: pub, keyPrefix: space, points: 1, duration: windowSeconds })
  const isConnected = () => pub.status === 'ready'
  let away = false
  let trying = false

  function note(isAway: boolean) {
    if (away === isAway) return
    away = isAway
    if (isAway) log.warn('Redis does not count requests; each instance limits by itself')
    else log.info('Redis counts requests again')
  }

  const send = async (key: string, amount: number) => countOf(await shared.penalty(key, amount), windowSeconds)

  async function tryAgain(key: string, amount: number) {
    if (trying || !isConnected()) return
    trying = true
    await soon(send(key, amount)).then(
      () => note(false),
      () => {},
    )
    trying = false
  }

  async function withShared(ask: () => Promise<Count>, here: Promise<Count>): Promise<Count> {
    try {
      return await soon(ask())
    } catch {
      note(true)
      return here
    }
  }

  return {
    windowSeconds,
    add(key, amount) {
      const here = own.add(key, amount)
      if (away || !isConnected()) {
        note(true)
        void tryAgain(key, amount)
        return here
      }
      return withShared(() => send(key, amount), here)
    },
    read(key) {
      const here = own.read(key)
      if (away || !isConnected()) return here
      return withShared(async () => countOf(await shared.get(key), windowSeconds), here)
    },
    forgetHere: own.forgetHere,
    async forget(keys) {
      const here = own.forgetHere(keys)
      return isConnected() ? Math.max(here, await forgetShared(keys).catch(() => here)) : here
    },
  }

  /** Step by step: KEYS would keep Redis from everything else for as long as it takes. */
  async function forgetShared(keys: readonly string[]): Promise<number> {
    const patterns = keys.length === 0 ? [`${space}:*`] : keys.map(key => `${space}:${escaped(key)}:*`)
    let gone = keys.length === 0 ? 0 : await pub.unlink(keys.map(key => `${space}:${key}`))
    for (const pattern of patterns) {
      let cursor = '0'
      do {
        const [next, names] = await pub.scan(cursor, 'MATCH', pattern, 'COUNT', scannedAtOnce)
        if (names.length > 0) gone += await pub.unlink(names)
        cursor = next
      } while (cursor !== '0')
    }
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
