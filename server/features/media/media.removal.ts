import type { MediaDeps } from './index.ts'
import { filenameOf, isMediaKey, keysOf } from './media.names.ts'
import { forgetRemovals, listRemovals, unknownAmong } from './media.queries.ts'

/** Longer than any upload can take. */
const orphanMs = 3600_000
const batch = 500

export interface Removal {
  /** Removes what has just been deleted; what fails is for the next clean-up. */
  removeSoon(): Promise<void>
  cleanUp(): Promise<void>
}

/**
 * The second half of deleting. The first has committed which files are to go (`media_removals`), so whoever dies here,
 * and wherever, the next one goes on; removing twice does no harm, and any instance may do it.
 */
export function createRemoval({ database, storage, drafts, log }: MediaDeps): Removal {
  async function remove() {
    for (;;) {
      const filenames = await listRemovals(database, batch)
      if (filenames.length === 0) return
      await storage.delete(filenames.flatMap(keysOf))
      await forgetRemovals(database, filenames)
    }
  }

  /** Files without a row: of uploads that died between storing a file and committing it. */
  async function removeOrphans(before: Date) {
    let names = new Set<string>()
    const judge = async () => {
      await storage.delete((await unknownAmong(database, [...names])).flatMap(keysOf))
      names = new Set()
    }
    for await (const { key, modified } of storage.list()) {
      if (isMediaKey(key) && modified < before) names.add(filenameOf(key))
      if (names.size === batch) await judge()
    }
    await judge()
  }

  return {
    removeSoon: () => remove().catch(error => log.warn({ err: error }, 'files could not be removed yet')),
    cleanUp: async () => {
      const before = new Date(Date.now() - orphanMs)
      await remove()
      await drafts.sweep(before)
      await removeOrphans(before)
    },
  }
}
