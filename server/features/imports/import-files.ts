import { randomUUID } from 'node:crypto'
import type { FileStorage } from '../../ports/storage.ts'
import type { Jobs } from '../jobs/index.ts'
import { type ImportInput, importType } from './import-input.ts'

/** In a folder of their own, which is none of the media's. */
const folder = 'im/'
export const newKey = () => `${folder}${randomUUID()}`

/** Longer than it takes from storing a file to committing its job. */
const orphanMs = 3600_000
/** Of one person whose imports wait or run. */
export const mostWaiting = 10
/** Imports that failed for a reason that may pass can be let go on for so long, the last ones of each person. */
const keptFailed = { withinDays: 7, most: 3 }

/** Removes files that no job needs any more: those of processes that died between a file and its job, or after it. */
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
