import type { Redis } from 'ioredis'
import type { RedisLink } from './redis.ts'

/** Entries that all instances share. Every method gives up quietly, because the cache only makes things faster. */
export interface SharedEntries {
  /**
   * The text and the milliseconds that it is still good for, if there is one; and the generation, with which an answer
   * that is found now is to be written. Null while Redis is away.
   */
  read(key: string): Promise<{ found: { text: string; ms: number } | null; generation: string } | null>
  /** An answer of an earlier generation is read by nobody: the cache was cleared while it was being found. */
  write(key: string, text: string, ms: number, generation: string): Promise<void>
  /** All keys; at most `mostKeys`. */
  keys(): Promise<string[]>
  /** Begins a new generation, so everything of before is gone, and removes these at once. */
  remove(keys: readonly string[]): Promise<void>
}

const mostKeys = 100_000
const atOnce = 500

export function createSharedEntries({ pub, prefix }: Pick<RedisLink, 'pub' | 'prefix'>): SharedEntries {
  const space = `${prefix}:cache:`
  const generationKey = `${prefix}:cache-generation`
  const ready = () => pub.status === 'ready'
  const quietly = <T>(work: (redis: Redis) => Promise<T>, otherwise: T): Promise<T> =>
    ready() ? work(pub).catch(() => otherwise) : Promise.resolve(otherwise)

  return {
    read: key =>
      quietly(async redis => {
        const [[now, stored], ms] = await Promise.all([redis.mget(generationKey, space + key), redis.pttl(space + key)])
        const generation = now ?? '0'
        const mark = `${generation}\n`
        const isGood = stored?.startsWith(mark) && ms > 0
        return { found: isGood ? { text: stored!.slice(mark.length), ms } : null, generation }
      }, null),
    write: (key, text, ms, generation) =>
      quietly(async redis => void (await redis.set(space + key, `${generation}\n${text}`, 'PX', ms)), undefined),
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
        await redis.incr(generationKey)
        for (let from = 0; from < keys.length; from += atOnce)
          await redis.unlink(keys.slice(from, from + atOnce).map(key => space + key))
      }, undefined),
  }
}
