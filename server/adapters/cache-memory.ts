import { LRUCache } from 'lru-cache'
import { fitsGlob } from '../kernel/glob.ts'
import type { Cache, Cleared, Kept } from '../ports/cache.ts'
import type { Peers } from '../ports/peers.ts'
import type { SharedEntries } from './cache-redis.ts'

export interface CacheDeps {
  peers: Peers
  /** Entries in Redis, when there is one. */
  shared: SharedEntries | null
  count: (outcome: 'hit' | 'miss') => void
}

const mostEntries = 10_000
const mostBytes = 16 * 1024 * 1024

/**
 * Answers in the memory of the instance and, with Redis, beside that in Redis, where other instances find them. Both
 * hold JSON, so that their size is known and nobody changes what others get.
 */
export function createCache({ peers, shared, count }: CacheDeps): Cache {
  const entries = new LRUCache<string, string>({
    max: mostEntries,
    maxSize: mostBytes,
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + 1,
  })
  const finding = new Map<string, Promise<string>>()
  const included: Kept[] = []
  let [hits, misses] = [0, 0]
  let clearings = 0

  const note = (outcome: 'hit' | 'miss') => {
    if (outcome === 'hit') hits++
    else misses++
    count(outcome)
  }

  async function findAnew(key: string, find: () => Promise<unknown>, kept: { ms: number; times?: number }) {
    const before = clearings
    const there = await shared?.read(key)
    if (there?.found) {
      const { text, ms } = there.found
      note('hit')
      if (before === clearings) entries.set(key, text, { ttl: ms })
      return text
    }
    note('miss')
    const began = performance.now()
    const text = JSON.stringify(await find())
    const ms = Math.ceil(Math.max(kept.ms, (kept.times ?? 0) * (performance.now() - began)))
    if (before === clearings) {
      entries.set(key, text, { ttl: ms })
      if (there) await shared?.write(key, text, ms, there.generation)
    }
    return text
  }

  /** Of this instance. Returns the keys that went. */
  function clearHere(what: Cleared): string[] {
    clearings++
    finding.clear()
    const gone = [...entries.keys()].filter(key => isMeant(what, key))
    for (const key of gone) entries.delete(key)
    return gone
  }

  function dropIncluded(what: Cleared): number {
    let dropped = 0
    for (const one of included.filter(({ name }) => isMeant(what, name))) {
      dropped += one.size()
      one.drop()
    }
    return dropped
  }

  peers.on('cache_cleared', (what: Cleared) => {
    clearHere(what)
    dropIncluded(what)
  })

  return {
    async get<T>(key: string, find: () => Promise<T>, kept: { ms: number; times?: number }): Promise<T> {
      const known = entries.get(key)
      if (known !== undefined) {
        note('hit')
        return JSON.parse(known) as T
      }
      let running = finding.get(key)
      if (running) note('hit')
      else {
        running = findAnew(key, find, kept).finally(() => {
          if (finding.get(key) === running) finding.delete(key)
        })
        finding.set(key, running)
      }
      return JSON.parse(await running) as T
    },

    include: one => void included.push(one),

    async clear(what) {
      const here = clearHere(what)
      const dropped = dropIncluded(what)
      const there = ((await shared?.keys()) ?? []).filter(key => isMeant(what, key))
      await shared?.remove(there)
      // After Redis is empty, so that no instance takes a cleared entry from there.
      peers.send('cache_cleared', what)
      return new Set([...here, ...there]).size + dropped
    },

    async stats() {
      const here = [...entries.keys()]
      const all = new Set([...here, ...((await shared?.keys()) ?? [])])
      return {
        backend: shared ? 'redis' : 'memory',
        keys: all.size + included.reduce((sum, one) => sum + one.size(), 0),
        hits,
        misses,
        memoryBytes: entries.calculatedSize,
      }
    },
  }
}

const isMeant = (what: Cleared, key: string): boolean =>
  'all' in what || ('keys' in what ? what.keys.includes(key) : fitsGlob(what.pattern, key))
