import { z } from 'zod'
import { allSequenced, type Command } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { FileStorage } from '../../ports/storage.ts'
import { awaitHolders } from '../accounts/index.ts'
import { dropExportFiles } from '../exports/index.ts'
import { dropImportFiles } from '../imports/index.ts'
import { cancelJobsOf, type JobType } from '../jobs/index.ts'
import type { Stage } from './erasure-stages.ts'

export const erasureType = 'erase_person'

interface Cursor {
  stage: number
  after: number
}

export interface ErasureDeps {
  database: Database
  command: Command
  storage: FileStorage
  stages: readonly Stage[]
  /** Removes the files of what was deleted. */
  removeFiles: () => Promise<void>
  /** Drops what this instance has cached of an account. */
  forget: (event: { user_id: number }) => void
}

/** Erases a person whose account is closed. After a crash it goes on at the piece where it stood. */
export const erasureJob = (deps: ErasureDeps): JobType<Record<string, never>, Cursor> => ({
  type: erasureType,
  title: 'The erasure',
  input: z.strictObject({}),
  isForClosed: true,

  async run(work) {
    const { database, command, storage, stages } = deps
    const { created_by: id } = work.job
    if (work.cursor === null) {
      // Each in a transaction of its own: a step of a job locks the job and then its owner.
      await command({ person: null }, tx => awaitHolders(tx, id))
      await command({ person: null }, tx => cancelJobsOf(tx, id, tx.now, work.job.id))
      // Before the rows that name them are deleted.
      await dropExportFiles({ database, storage }, id)
      await dropImportFiles({ database, storage }, id)
    }
    for (let { stage, after } = work.cursor ?? { stage: 0, after: 0 }; stage < stages.length;) {
      const { piece, needsWholeLog } = stages[stage]!
      if (needsWholeLog && after === 0) await allSequenced(database, work.signal)
      let next: Cursor | undefined
      await work.step(async (tx, scope) => {
        const goesOn = await piece(tx, scope, after, work.job.id)
        next = goesOn === null ? { stage: stage + 1, after: 0 } : { stage, after: goesOn }
        return { cursor: next, processed: goesOn === null ? 1 : 0, total: stages.length }
      })
      ;({ stage, after } = next!)
    }
    deps.forget({ user_id: id })
    await deps.removeFiles()
  },
})
