import type { Tx } from '../../events/index.ts'
import type { Logger } from '../../kernel/logger.ts'
import { notify } from '../notifications/index.ts'
import type { JobType } from './job-type.ts'
import { present } from './jobs.present.ts'
import { type JobRow, updateJob } from './jobs.queries.ts'
import type { Updates } from './jobs.updates.ts'

export interface Ending {
  /** Ends a locked job and notifies its owner in the same transaction. */
  end(
    tx: Tx,
    row: JobRow,
    how: { status: 'completed' | 'failed' | 'cancelled'; error: string | null },
    actorId: number | null,
  ): Promise<JobRow>
  /** Announces the end once that is committed. @param mayGoOn it has failed for a reason that may pass */
  announce(row: JobRow, mayGoOn?: boolean): void
}

const words = { completed: 'is done', failed: 'has failed', cancelled: 'was cancelled' }

export function createEnding(deps: { types: ReadonlyMap<string, JobType>; updates: Updates; log: Logger }): Ending {
  const { types, updates, log } = deps
  return {
    end: async (tx, row, { status, error }, actorId) => {
      const ended = await updateJob(tx, row, { status, error, completed_at: tx.now })
      const done = ended.processed_items - ended.failed_items
      const counts = ended.processed_items === 0 ? '' : `: ${done} done, ${ended.failed_items} failed`
      await notify(tx, actorId, [
        {
          userId: row.created_by,
          type: 'job_finished',
          message: `${types.get(row.type)?.title ?? 'A job'} ${words[status]}${counts}`,
          data: { job_id: row.id, job_type: row.type, status },
        },
      ])
      return ended
    },

    announce: (row, mayGoOn = false) => {
      updates.announce(row)
      const ending = types.get(row.type)?.ended?.(present(row), row.input, mayGoOn)
      ending?.catch(error => log.warn({ err: error, job_id: row.id }, 'the clean-up after a job failed'))
    },
  }
}
