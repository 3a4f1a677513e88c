import type { backups as contract } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Database } from '../../ports/database.ts'
import { audit } from '../audit/index.ts'
import type { Jobs } from '../jobs/index.ts'
import { newBackup } from './backup-records.ts'
import { backupType } from './backup-job.ts'
import { present } from './backups.present.ts'
import { countBackups, endAbandoned, insertBackup, listBackups, updateBackup } from './backups.queries.ts'

/** What administrators can do with backups, apart from putting them back. */
export const createBackupService = ({
  database,
  command,
  jobs,
}: {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'enqueue'>
}): Pick<Handlers<typeof contract>, 'create' | 'list'> => ({
  create: (scope, { type }) =>
    command(scope, async tx => {
      const row = await insertBackup(tx, newBackup(type, tx.now))
      const job = await jobs.enqueue(tx, scope, { type: backupType, input: { backup_id: row.id } })
      const begun = await updateBackup(tx, row.id, { job_id: job.id })
      await audit(tx, scope, { action: 'backup.created', resource: 'backup', resourceId: row.id, details: { type } })
      return present(begun)
    }),

  list: async (_scope, page) => {
    await endAbandoned(database)
    const found = await pageOf(
      page,
      ['backups'],
      newestFirst,
      clauses => listBackups(database.reads, clauses),
      () => countBackups(database.reads),
    )
    return { ...found, results: found.results.map(present) }
  },
})
