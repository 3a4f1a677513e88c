import sql, { join, type Sql } from 'sql-template-tag'
import type { jobs } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo, can } from '../../kernel/can.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobDeps } from './jobs.deps.ts'
import type { Ending } from './jobs.ending.ts'
import { listAllJobs, manageJob } from './jobs.policy.ts'
import { present } from './jobs.present.ts'
import * as queries from './jobs.queries.ts'
import type { JobRow } from './jobs.queries.ts'
import type { Updates } from './jobs.updates.ts'

type Deps = Pick<JobDeps, 'database' | 'command' | 'queue'> & { updates: Updates; ending: Ending }

/** What owners and administrators can do with jobs; for everybody else the jobs do not exist. */
export function createJobService({ database, command, queue, updates, ending }: Deps): Handlers<typeof jobs> {
  const hold = async (tx: Tx, scope: Scope, id: number) => {
    // Read without a lock first, so that a stranger's call does not make the job's worker wait. The owner never
    // changes.
    allowedTo(scope, manageJob, await queries.findJob(tx, id))
    const row = await queries.lockJob(tx, id)
    if (!row) throw notFound()
    return row
  }

  return {
    status: async (scope, { id, status, type, ...page }) => {
      if (id !== undefined) {
        return present(allowedTo(scope, manageJob, await queries.findJob(database, id)))
      }
      const ofAll = can(scope, listAllJobs, null)
      const all: Sql[] = [ofAll ? sql`true` : sql`created_by = ${scope.person.id}`]
      if (status) all.push(sql`status = any(${status}::text[])`)
      if (type) all.push(sql`type = any(${type}::text[])`)
      const where = join(all, ' and ')
      const found = await pageOf(
        page,
        ['jobs', status, type],
        newestFirst,
        clauses => queries.listJobs(database.reads, where, clauses),
        () => queries.countJobs(database.reads, where),
      )
      return { ...found, results: found.results.map(present) }
    },

    cancel: async (scope, { id }) => {
      let row: JobRow | undefined
      const job = await command(scope, async tx => {
        const held = await hold(tx, scope, id)
        if (held.completed_at !== null) throw conflict('The job has ended already.')
        // The worker finds at its next step that the job is no longer its own.
        row = await ending.end(tx, held, { status: 'cancelled', error: null }, scope.person.id)
        return present(row)
      })
      if (row) ending.announce(row)
      return job
    },

    retry: async (scope, { id }) => {
      let row: JobRow | undefined
      const job = await command(scope, async tx => {
        const held = await hold(tx, scope, id)
        if (held.status !== 'failed') throw conflict('Only a job that has failed can be tried again.')
        row = await queries.updateJob(tx, held, { status: 'queued', error: null, attempts: 0, completed_at: null })
        await queue.add(tx, row)
        return present(row)
      })
      if (row) updates.announce(row)
      return job
    },
  }
}
