import type { Redis } from 'ioredis'
import type { RedisLink } from './redis.ts'

/** Entries that all instances share. Every method gives up quietly, because the cache only makes things faster. */
export interface SharedEntries {
  /** The text and the milliseconds that it is still good for. */
  read(key: string): Promise<{ text: string; ms: number } | null>
  write(key: string, text: string, ms: number): Promise<void>
  /** All keys; at most `mostKeys`. */
  keys(): Promise<string[]>
  remove(keys: readonly string[]): Promise<void>
}

const mostKeys = 100_000
const atOnce = 500

export function createSharedEntries({ pub, prefix }: Pick<RedisLink, 'pub' | 'prefix'>): SharedEntries {
  const space = `${prefix}:cache:`
  const ready = () => pub.status === 'ready'
  const quietly = <T>(work: (redis: Redis) => Promise<T>, otherwise: T): Promise<T> =>
    ready() ? work(pub).catch(() => otherwise) : Promise.resolve(otherwise)

  return {
    read: key =>
      quietly(async redis => {
        const [text, ms] = await Promise.all([redis.get(space + key), redis.pttl(space + key)])
        return text === null || ms <= 0 ? null : { text, ms }
      }, null),
    write: (key, text, ms) => quietly(async redis => void (await redis.set(space + key, text, 'PX', ms)), undefined),
    // Step by step: KEYS would keep Redis from everything else for as long as it takes.
    keys: () =>
      quietly(async redis => {
        const found = new Set<string>()
        let cursor = '0'
        do {
          const [next, names] = await redis.scan(cursor, 'MATCH', `${space}*`, 'COUNT', atOnce)
          for (const name of names) found.add(name.slice(space.length))
          cursor = next
        } while (cursor !== '0' && found.size < mostKeys)
        return [...found]
      }, []),
    remove: keys =>
      quietly(async redis => {
        for (let from = 0; from < keys.length; from += atOnce)
          await redis.unlink(keys.slice(from, from + atOnce).map(key => space + key))
      }, undefined),
  }
}
