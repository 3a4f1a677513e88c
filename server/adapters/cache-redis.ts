import { randomUUID } from 'node:crypto'
import { removeKeys, scanKeys } from './redis-keys.ts'
import type { RedisLink } from './redis-link.ts'

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

type Link = Pick<RedisLink, 'pub' | 'prefix' | 'partOf' | 'nodes'>

export function createSharedEntries({ pub, prefix, partOf, nodes }: Link): SharedEntries {
  const space = `${prefix}:cache:`
  const generationKey = `${prefix}:cache-epoch`
  const quietly = <T>(work: () => Promise<T>, otherwise: T): Promise<T> =>
    pub.status === 'ready' ? work().catch(() => otherwise) : Promise.resolve(otherwise)

  /** Does nothing while a node that it needs is away, so nobody waits for that node. */
  const withEntry = <T>(key: string, work: () => Promise<T>, otherwise: T): Promise<T> =>
    partOf(generationKey).ready && partOf(space + key).ready ? quietly(work, otherwise) : Promise.resolve(otherwise)

  /** A new random name each time: a number would start again at 0 after Redis lost it, and old entries would match. */
  async function beginGeneration(): Promise<string> {
    await pub.set(generationKey, randomUUID(), 'NX')
    return (await pub.get(generationKey)) ?? ''
  }

  return {
    // One key each, because in a cluster they are on different nodes.
    read: key =>
      withEntry<Awaited<ReturnType<SharedEntries['read']>>>(
        key,
        async () => {
          const [now, stored, ms] = await Promise.all([
            pub.get(generationKey),
            pub.get(space + key),
            pub.pttl(space + key),
          ])
          const generation = now ?? (await beginGeneration())
          const mark = `${generation}\n`
          const isGood = stored?.startsWith(mark) && ms > 0
          return { found: isGood ? { text: stored!.slice(mark.length), ms } : null, generation }
        },
        null,
      ),
    write: (key, text, ms, generation) =>
      withEntry(key, async () => void (await pub.set(space + key, `${generation}\n${text}`, 'PX', ms)), undefined),
    keys: () =>
      quietly(async () => {
        const found = new Set<string>()
        for (const node of nodes())
          for await (const names of scanKeys(node, `${space}*`)) {
            for (const name of names) found.add(name.slice(space.length))
            if (found.size >= mostKeys) return [...found]
          }
        return [...found]
      }, []),
    remove: keys =>
      quietly(async () => {
        // Remove the entries even if the generation could not be changed: its node may come back with the old one.
        await pub.set(generationKey, randomUUID()).catch(() => {})
        await removeKeys(
          pub,
          keys.map(key => space + key),
        )
      }, undefined),
  }
}
