import { randomUUID } from 'node:crypto'
import type { Database } from '../../ports/database.ts'
import type { FileStorage } from '../../ports/storage.ts'
import { forgetFile, keysOf, knownAmong, listExpired } from './exports.queries.ts'

/** Exports have a folder of their own, apart from media files. */
const folder = 'ex/'
export const newKey = () => `${folder}${randomUUID()}`

/** Longer than the time from storing a file to committing its key. */
const orphanMs = 3600_000
const batch = 500

/** Removes the files that nobody may get any more. Removing twice does no harm, and any instance may do it. */
export async function removeExpired({
  database,
  storage,
}: {
  database: Database
  storage: FileStorage
}): Promise<void> {
  for (;;) {
    const expired = await listExpired(database, batch)
    for (const { file_key } of expired) {
      await storage.delete([file_key])
      await forgetFile(database, file_key)
    }
    if (expired.length < batch) return
  }
}

/** Removes expired files, and those that a process stored before it died without committing their keys. */
export const createCleanUp = (deps: { database: Database; storage: FileStorage }) => async (): Promise<void> => {
  const { database, storage } = deps
  await removeExpired(deps)
  const before = new Date(Date.now() - orphanMs)
  const judge = async (keys: string[]) => {
    const known = await knownAmong(database, keys)
    await storage.delete(keys.filter(key => !known.has(key)))
  }
  let old: string[] = []
  for await (const { key, modified } of storage.list()) {
    if (key.startsWith(folder) && modified < before) old.push(key)
    if (old.length < batch) continue
    await judge(old)
    old = []
  }
  await judge(old)
}

/** Removes the files of one person. */
export async function dropExportFiles(
  deps: { database: Database; storage: FileStorage },
  personId: number,
): Promise<void> {
  for (const key of await keysOf(deps.database, personId)) {
    await deps.storage.delete([key])
    await forgetFile(deps.database, key)
  }
}
