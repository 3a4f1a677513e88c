import type { Connection } from '../../ports/database.ts'
import { goingOn, isGoingOn } from '../../ports/going-on.ts'
import type { MediaDeps } from './media.deps.ts'
import { filenameOf, isMediaKey, keysOf } from './media.names.ts'
import { forgetRemoval, lockRemoval, unknownAmong } from './media.queries.ts'

/** Longer than any upload can take. */
const orphanMs = 3600_000
const batch = 500
/** The number of failures in a row. */
const mostFailures = 10
const notYet = 'a file could not be removed yet'

export interface Removal {
  /** Removes the file of a deleted row; the next clean-up repeats what fails. */
  removeSoon(filename: string): Promise<void>
  /** Removes the files of all deleted rows. */
  removeDeleted(): Promise<void>
  cleanUp(): Promise<void>
}

/**
 * The second half of a deletion. The first half has committed which files are to be removed (`media_removals`), so when
 * this fails at any point, the next clean-up continues. Removing twice does no harm, and any instance may do it.
 */
export function createRemoval({ database, storage, temporaryFiles, log }: MediaDeps): Removal {
  /** A backup that is being made has yet to read files that were deleted since; a restore brings files before their rows. */
  const mustStay = () => isGoingOn(database, goingOn.keepFiles)

  async function remove(tx: Connection, filename: string) {
    await storage.delete(keysOf(filename))
    await forgetRemoval(tx, filename)
  }

  /** Removes the next file that nobody else is removing. @returns its name, null after the last */
  async function removeNext(after: string): Promise<{ filename: string; error?: unknown } | null> {
    let filename: string | undefined
    try {
      await database.transaction(async tx => {
        filename = await lockRemoval(tx, after)
        if (filename !== undefined) await remove(tx, filename)
        return { value: null }
      })
      return filename === undefined ? null : { filename }
    } catch (error) {
      if (filename === undefined) throw error
      log.warn({ err: error, filename }, notYet)
      return { filename, error }
    }
  }

  /**
   * Skips files that cannot be removed. When too many fail in a row, the storage is at fault, and the rest waits for
   * the next time.
   */
  async function removeAll() {
    let failures = 0
    for (let next = await removeNext(''); next; next = await removeNext(next.filename)) {
      failures = next.error ? failures + 1 : 0
      if (failures === mostFailures) throw next.error
    }
  }

  /** Removes files without a row: of uploads that died between storing a file and committing it. */
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
    removeSoon: async filename => {
      try {
        if (!(await mustStay())) await remove(database, filename)
      } catch (error) {
        log.warn({ err: error, filename }, notYet)
      }
    },
    removeDeleted: async () => {
      if (!(await mustStay())) await removeAll()
    },
    cleanUp: async () => {
      if (await mustStay()) return
      const before = new Date(Date.now() - orphanMs)
      await removeAll()
      await temporaryFiles.sweep(before)
      await removeOrphans(before)
    },
  }
}
