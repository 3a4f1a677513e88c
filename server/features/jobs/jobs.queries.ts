import sql, { type Sql } from 'sql-template-tag'
import type { User } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf, type Row, valuesOf } from '../../ports/table.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { jobsTable } from './jobs.table.ts'

export type JobRow = Row<typeof jobsTable>

const columns = columnsOf(jobsTable)
const unfinished = sql`status in ('queued', 'running')`

export const insertJob = async (
  tx: Connection,
  job: Pick<JobRow, 'type' | 'input' | 'total_items' | 'created_by'>,
  now: string,
): Promise<JobRow> => {
  const [row] = await tx.query<JobRow>(sql`
    insert into jobs ${valuesOf(jobsTable, { ...job, created_at: now })} returning ${columns}`)
  return row!
}

export const findJob = async (db: Connection, id: number): Promise<JobRow | undefined> => {
  const [row] = await db.query<JobRow>(sql`select ${columns} from jobs where id = ${id}`)
  return row
}

export const lockJob = async (tx: Connection, id: number): Promise<JobRow | undefined> => {
  const [row] = await tx.query<JobRow>(sql`select ${columns} from jobs where id = ${id} for update`)
  return row
}

export type JobState = Partial<Omit<JobRow, 'id' | 'type' | 'input' | 'created_by' | 'created_at'>>

export const updateJob = async (tx: Connection, row: JobRow, changes: JobState): Promise<JobRow> => {
  const next = { ...row, ...changes }
  // Long values are written when they differ, not with every step.
  const result = changes.result === undefined ? sql`` : sql`result = ${JSON.stringify(changes.result)},`
  await tx.query(sql`
    update jobs set status = ${next.status}, cursor = ${JSON.stringify(next.cursor)}, total_items = ${next.total_items},
      processed_items = ${next.processed_items}, failed_items = ${next.failed_items}, ${result}
      error = ${next.error}, attempts = ${next.attempts}, run = ${next.run}, started_at = ${next.started_at},
      completed_at = ${next.completed_at}
    where id = ${row.id}`)
  return next
}

/** Until the end of the transaction nobody else creates jobs for this person. */
export const lockJobsOf = (tx: Connection, personId: number) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`jobs of ${personId}`}, 0))`)

export const countUnfinished = async (db: Connection, personId: number, type: string) => {
  const [row] = await db.query<{ all: number; ofType: number }>(sql`
    select count(*) as "all", count(*) filter (where type = ${type}) as "ofType"
    from jobs where created_by = ${personId} and ${unfinished}`)
  return row!
}

/** The type of an unfinished job of one of these types. */
export const findUnfinishedOf = async (db: Connection, types: readonly string[]): Promise<string | undefined> => {
  if (types.length === 0) return undefined
  const [row] = await db.query<{ type: string }>(sql`
    select type from jobs where type = any(${types}::text[]) and ${unfinished} limit 1`)
  return row?.type
}

/** The owner in the present state; undefined when the account is disabled, unless it may be `closed`. */
export const findOwner = async (tx: Connection, id: number, closed: boolean): Promise<User | undefined> => {
  const [row] = await tx.query<User>(sql`
    select id, email, username, name, role, permissions, tier, is_active, is_verified, created_at, last_seen_at,
      banned_at is not null as is_banned, two_factor, starts_with(password_hash, '$argon2') as has_password
    from users where id = ${id} and (is_active or ${closed})`)
  return row
}

/** Jobs as lists show them: without input and cursor, and without the lists in the result, which may have megabytes. */
export type BriefRow = Omit<JobRow, 'input' | 'cursor'>

export const listJobs = (db: Connection, where: Sql, { after, window }: Clauses) =>
  db.query<BriefRow>(sql`
    select id, type, status, total_items, processed_items, failed_items, error, attempts, run, created_by, created_at,
      started_at, completed_at,
      case when result is not null then (
        select coalesce(json_object_agg(key, value), '{}') from json_each(result) where json_typeof(value) <> 'array'
      ) end as result
    from jobs where ${where} and ${after} ${window}`)

export const countJobs = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from jobs where ${where}`)

/** Unfinished jobs that are older than ten seconds, a page of them by id. */
export const listUnfinished = (db: Connection, afterId: number, most: number) =>
  db.query<{ id: number; type: string; created_by: number }>(sql`
    select id, type, created_by from jobs where ${unfinished} and id > ${afterId} and created_at < now() - interval '10 seconds'
    order by id limit ${most}`)

/** Which failed jobs may be resumed: those of so many days, and of each person the latest ones. */
export interface Failed {
  withinDays: number
  most: number
}

export const listInputs = async (
  db: Connection,
  type: string,
  { withinDays: failedWithinDays, most: mostFailed }: Failed,
): Promise<unknown[]> =>
  (
    await db.query<{ input: unknown }>(sql`
      select input from jobs where type = ${type} and ${unfinished}
      union all
      select input from (
        select input, row_number() over (partition by created_by order by completed_at desc, id desc) as nth from jobs
        where type = ${type} and status = 'failed'
          and completed_at > now() - make_interval(days => ${failedWithinDays})) failed
      where nth <= ${mostFailed}`)
  ).map(({ input }) => input)

/** Ends all jobs of a person, but one if it is given; their workers find out at the next step. */
export const cancelJobsOf = (tx: Connection, personId: number, now: string, exceptId: number | null = null) =>
  tx.query(sql`
    update jobs set status = 'cancelled', completed_at = ${now}
    where created_by = ${personId} and ${unfinished} and id is distinct from ${exceptId}::bigint`)

/** Forgets all jobs of a person but one. */
export const deleteJobsOf = (tx: Connection, personId: number, exceptId: number) =>
  tx.query(sql`delete from jobs where created_by = ${personId} and id <> ${exceptId}`)

/** Whether a person has an unfinished job of a type. */
export const hasUnfinished = async (db: Connection, personId: number, type: string): Promise<boolean> => {
  const rows = await db.query(
    sql`select from jobs where created_by = ${personId} and type = ${type} and ${unfinished} limit 1`,
  )
  return rows.length > 0
}

/** The inputs of all jobs of a person of a type. */
export const inputsOfPerson = async (db: Connection, personId: number, type: string): Promise<unknown[]> =>
  (
    await db.query<{ input: unknown }>(sql`select input from jobs where created_by = ${personId} and type = ${type}`)
  ).map(({ input }) => input)

export const dropFinished = (db: Connection, days: number) =>
  db.query(sql`delete from jobs where completed_at < now() - make_interval(days => ${days})`)

export const measureQueue = async (db: Connection) => {
  const [row] = await db.query<{ queued: number; running: number; waiting: number }>(sql`
    select count(*) filter (where status = 'queued') as queued, count(*) filter (where status = 'running') as running,
      coalesce(extract(epoch from now() - min(created_at) filter (where status = 'queued' and run = 0)), 0)::float8 as waiting
    from jobs where ${unfinished}`)
  return row!
}
