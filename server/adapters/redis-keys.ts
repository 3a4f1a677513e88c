import type { Redis } from 'ioredis'
import type { RedisLink } from './redis-link.ts'

const atOnce = 500
/** For one command, which keeps Redis from everything else. */
const mostInCommand = 200

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

/**
 * Returns how many of the keys there were. Gives up when none of the commands that were sent together succeeds. In a
 * cluster each command has one key, because keys are on different nodes.
 */
export async function removeKeys(pub: RedisLink['pub'], keys: readonly string[]): Promise<number> {
  const inCommand = pub.isCluster ? 1 : mostInCommand
  let gone = 0
  for (let from = 0; from < keys.length; from += atOnce) {
    const some = keys.slice(from, from + atOnce)
    const commands = Array.from({ length: Math.ceil(some.length / inCommand) }, (_, nth) =>
      pub.unlink(...some.slice(nth * inCommand, (nth + 1) * inCommand)),
    )
    const answers = (await Promise.allSettled(commands)).filter(answer => answer.status === 'fulfilled')
    if (answers.length === 0) return gone
    gone += answers.reduce((sum, { value }) => sum + value, 0)
  }
  return gone
}
