import type { Connection } from '../ports/database.ts'
import type { JobQueue } from '../ports/job-queue.ts'

/** The jobs feature decides about retries, so the queue never gives up an entry. */
const mostAttempts = 32_767

const keyOf = (jobId: number) => `job:${jobId}`

/** Marks the entries of a person's jobs, so that a worker can exclude this person's entries when it asks for work. */
export const flagOf = (personId: number) => `person:${personId}`

export const addEntry: JobQueue['add'] = async (tx, { id, type, created_by }, { afterMs = 0, priority = 0 } = {}) => {
  await tx.query({
    text: `select from graphile_worker.add_job($1, json_build_object('id', $2::bigint, 'person', $7::bigint),
      job_key => $3, run_at => clock_timestamp() + make_interval(secs => $4::float8 / 1000), priority => $5::int,
      max_attempts => $6::int, flags => array[$8])`,
    values: [type, id, keyOf(id), afterMs, Math.min(priority, 1_000), mostAttempts, created_by, flagOf(created_by)],
  })
}

/** The content of an entry. Entries of the release before do not name the person. */
export interface Payload {
  id: number
  person?: number
}

export interface HeldEntry {
  id: number
  job: number
  /** When the entry was given to a worker; as text, to keep the full precision. */
  since: string
}

/** The entries that a worker holds. */
export const entriesHeldBy = (db: Connection, worker: string) =>
  db.query<HeldEntry>({
    text: `select id, (payload ->> 'id')::bigint as job, locked_at::text as since
      from graphile_worker._private_jobs where locked_by = $1 and payload ->> 'id' is not null`,
    values: [worker],
  })

/**
 * Replaces the held entries, unless they have changed meanwhile, with new entries. These have other ids, so a late
 * message of the queue about an old entry has no effect. An entry that already has a successor is deleted without a
 * replacement.
 *
 * @returns the jobs that got a new entry
 */
export async function replaceEntries(tx: Connection, held: readonly HeldEntry[]): Promise<number[]> {
  const replaced = await tx.query<{ job: number; person: number; type: string; priority: number; newest: boolean }>({
    text: `
      delete from graphile_worker._private_jobs j
      using unnest($1::bigint[], $2::timestamptz[]) as held (id, since), graphile_worker._private_tasks t
      where j.id = held.id and j.locked_at = held.since and t.id = j.task_id
      returning (j.payload ->> 'id')::bigint as job, coalesce((j.payload ->> 'person')::bigint, 0) as person,
        t.identifier as type, j.priority, j.key is not null as newest`,
    values: [held.map(({ id }) => id), held.map(({ since }) => since)],
  })
  const jobs = replaced.filter(({ newest }) => newest)
  for (const { job, person, type, priority } of jobs)
    await addEntry(tx, { id: job, type, created_by: person }, { priority })
  return jobs.map(({ job }) => job)
}
