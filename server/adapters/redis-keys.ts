import type { Redis } from 'ioredis'
import type { RedisLink } from './redis-link.ts'

const atOnce = 500

/**
 * The names of the keys of one node that fit a pattern, until all are found or the node no longer answers. Step by
 * step: KEYS would keep Redis from everything else for as long as it takes.
 */
export async function* scanKeys(node: Redis, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0'
  do {
    const step = await node.scan(cursor, 'MATCH', pattern, 'COUNT', atOnce).catch(() => null)
    if (!step) return
    yield step[1]
    cursor = step[0]
  } while (cursor !== '0')
}

/** One key a command, because those of a cluster are on different nodes. Returns how many keys there were. */
export async function removeKeys(pub: RedisLink['pub'], keys: readonly string[]): Promise<number> {
  let gone = 0
  for (let from = 0; from < keys.length; from += atOnce) {
    const some = keys.slice(from, from + atOnce)
    const counts = await Promise.all(some.map(key => pub.unlink(key).catch(() => 0)))
    gone += counts.reduce((sum, count) => sum + count, 0)
  }
  return gone
}
