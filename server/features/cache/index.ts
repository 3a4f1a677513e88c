import type { cache as resource } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Cache, Cleared } from '../../ports/cache.ts'
import { audit } from '../audit/index.ts'

/** What administrators see and clear of the cache. */
export const createCacheService = (deps: { cache: Cache; command: Command }): Handlers<typeof resource> => ({
  async stats() {
    const { memoryBytes, ...stats } = await deps.cache.stats()
    const asked = stats.hits + stats.misses
    const hit_rate = asked === 0 ? null : Math.round((stats.hits / asked) * 10_000) / 10_000
    return { ...stats, hit_rate, memory_bytes: memoryBytes }
  },

  async clear(scope, what) {
    await deps.command(scope, tx =>
      audit(tx, scope, { action: 'cache.cleared', resource: 'cache', resourceId: null, details: { ...what } }),
    )
    return { cleared_count: await deps.cache.clear(what as Cleared) }
  },
})
