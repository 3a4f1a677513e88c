import type { Database } from '../kernel/database.ts'
import type { Logger } from '../kernel/logger.ts'

/** No answer takes so long that comes at all, or hardly any. */
const onItsWayMs = 1_500

interface Held {
  id: number
  job: number
  since: string
}

/**
 * Gives back entries that a living worker holds and does not work on. It had them when a connection broke: PostgreSQL had
 * given one out, or was to be told of its end, and the answer was lost. Called with each beat; what has been so for a
 * while is forgotten, and not only on its way. Should it be on its way after all, the jobs' own fence keeps it from being done twice.
 */
export function createForgotten({ database, log }: { database: Database; log: Logger }) {
  let suspects = new Map<string, number>()
  const nameOf = ({ id, since }: Held) => `${id} ${since}`

  return async (worker: string, isWorkedOn: (job: number) => boolean): Promise<void> => {
    const held = await database.query<Held>({
      text: `select id, (payload ->> 'id')::bigint as job, locked_at::text as since
        from graphile_worker._private_jobs where locked_by = $1`,
      values: [worker],
    })
    const idle = held.filter(({ job }) => !isWorkedOn(job))
    const now = performance.now()
    suspects = new Map(idle.map(one => [nameOf(one), suspects.get(nameOf(one)) ?? now]))
    const forgotten = idle.filter(one => now - suspects.get(nameOf(one))! > onItsWayMs)
    if (forgotten.length === 0) return
    log.warn({ jobs: forgotten.map(({ job }) => job) }, 'jobs were lost with a connection; they are handed out again')
    await database.query({
      text: `
        with freed as (
          update graphile_worker._private_jobs j set locked_at = null, locked_by = null
          from unnest($1::bigint[], $2::timestamptz[]) as f (id, since) where j.id = f.id and j.locked_at = f.since
          returning 1)
        select pg_notify('jobs:insert', '{"count": 100}') from freed`,
      values: [forgotten.map(({ id }) => id), forgotten.map(({ since }) => since)],
    })
  }
}
