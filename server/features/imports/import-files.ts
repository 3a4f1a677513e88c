import { randomUUID } from 'node:crypto'
import type { FileStorage } from '../../ports/storage.ts'
import type { Database } from '../../ports/database.ts'
import { inputsOfPerson, type Jobs } from '../jobs/index.ts'
import { type ImportInput, importType } from './import-input.ts'

/** Imports have a folder of their own, apart from media files. */
const folder = 'im/'
export const newKey = () => `${folder}${randomUUID()}`

/** Longer than the time from storing a file to committing its job. */
const orphanMs = 3600_000
/** The number of unfinished imports per person. */
export const mostWaiting = 10
/** How long failed imports can be resumed when the reason may pass, and how many of each person, the latest ones. */
const keptFailed = { withinDays: 7, most: 3 }

/**
 * Removes files that no job needs any more: those of processes that died between storing a file and committing its job,
 * or after the job ended.
 */
export const createSweep =
  ({ storage, jobs }: { storage: FileStorage; jobs: Pick<Jobs, 'inputsOf'> }) =>
  async (): Promise<void> => {
    const before = new Date(Date.now() - orphanMs)
    const old: string[] = []
    for await (const { key, modified } of storage.list()) {
      if (key.startsWith(folder) && modified < before) old.push(key)
    }
    if (old.length === 0) return
    const needed = new Set(((await jobs.inputsOf(importType, keptFailed)) as ImportInput[]).map(({ key }) => key))
    await storage.delete(old.filter(key => !needed.has(key)))
  }

/** Removes the files that one person has sent. */
export async function dropImportFiles(
  deps: { database: Database; storage: FileStorage },
  personId: number,
): Promise<void> {
  const inputs = (await inputsOfPerson(deps.database, personId, importType)) as ImportInput[]
  await deps.storage.delete(inputs.map(({ key }) => key))
}
