import type { gdpr } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Logger } from '../../kernel/logger.ts'
import { audit } from '../audit/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { BeginExport } from '../exports/index.ts'
import { cancelJobsOf, type Jobs } from '../jobs/index.ts'
import type { Media } from '../media/index.ts'
import type { Database } from '../../ports/database.ts'
import type { FileStorage } from '../../ports/storage.ts'
import { erasureJob, erasureType } from './erasure-job.ts'
import { stagesOf } from './erasure-stages.ts'
import { createResume, insertErasure } from './erasures.ts'

export { carryErasures, reapplyErasures } from './erasures.ts'
export { personalExport } from './personal-export.ts'

interface GdprDeps {
  database: Database
  command: Command
  storage: FileStorage
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  accounts: Pick<Accounts, 'closing' | 'forget'>
  media: Pick<Media, 'deleteNextFile' | 'removeDeleted'>
  beginExport: BeginExport
  removeExports: () => Promise<void>
  log: Logger
}

/** What people may ask about their own data: all of it, or its erasure. */
export function createGdpr(deps: GdprDeps): { gdpr: Handlers<typeof gdpr>; cleanUp: () => Promise<void> } {
  const { database, command, storage, jobs, accounts, media, beginExport, removeExports, log } = deps
  const { forget, closing } = accounts
  jobs.register(
    erasureJob({
      database,
      command,
      storage,
      stages: stagesOf(media),
      forget,
      removeFiles: async () => {
        await removeExports()
        await media.removeDeleted()
      },
    }),
  )
  return {
    gdpr: {
      exportData: scope => beginExport(scope, { type: 'personal', format: 'zip', filters: {} }),

      erase: async (scope, { password }) => {
        const { id } = scope.person
        const checked = await closing.confirm(scope, password)
        const job = await command(scope, async tx => {
          // The jobs first, because a step of a job locks the job and then its owner. It waits for steps that run. Jobs of
          // commands that have not committed are cancelled when the erasure has waited for these commands.
          await cancelJobsOf(tx, id, tx.now)
          await closing.close(tx, scope, checked)
          await insertErasure(tx, id, tx.now)
          const begun = await jobs.enqueue(tx, scope, { type: erasureType, input: {} })
          await audit(tx, scope, { action: 'user.erased', resource: 'user', resourceId: id })
          return begun
        })
        forget({ user_id: id })
        return job
      },
    },
    cleanUp: createResume({ database, command, jobs, log }),
  }
}
