import sql from 'sql-template-tag'
import { type Connection, countOf } from '../../ports/database.ts'
import { goingOn, isGoingOn } from '../../ports/going-on.ts'
import { assignmentsOf, columnsOf, type Row, valuesOf } from '../../ports/table.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { backupsTable, restoreConfirmationsTable } from './backups.table.ts'

export type BackupRow = Row<typeof backupsTable>

const columns = columnsOf(backupsTable)

export const insertBackup = async (db: Connection, row: Omit<BackupRow, 'id'>): Promise<BackupRow> => {
  const [inserted] = await db.query<BackupRow>(sql`
    insert into backups ${valuesOf(backupsTable, row)} returning ${columns}`)
  return inserted!
}

export const updateBackup = async (db: Connection, id: number, changes: Partial<BackupRow>): Promise<BackupRow> => {
  const [row] = await db.query<BackupRow>(sql`
    update backups set ${assignmentsOf(backupsTable, changes)} where id = ${id} returning ${columns}`)
  return row!
}

export const findBackup = async (db: Connection, id: number): Promise<BackupRow | undefined> => {
  const [row] = await db.query<BackupRow>(sql`select ${columns} from backups where id = ${id}`)
  return row
}

export const listBackups = (db: Connection, { after, window }: Clauses) =>
  db.query<BackupRow>(sql`select ${columns} from backups where ${after} ${window}`)

export const countBackups = (db: Connection): Promise<number> => countOf(db, sql`select count(*) from backups`)

/**
 * Ends backups that nobody makes any more: those whose jobs have ended without them, or are no more, and those of
 * commands that were killed.
 */
export async function endAbandoned(db: Connection): Promise<void> {
  await failWithJobs(db)
  if (await isGoingOn(db, goingOn.keepFiles)) return
  await db.query(sql`
    update backups set status = 'failed', completed_at = now(), error = 'The command was ended.'
    where completed_at is null and job_id is null and created_at < now() - interval '1 minute'`)
}

const failWithJobs = (db: Connection) =>
  db.query(sql`
    update backups set status = 'failed', completed_at = now(), error = coalesce(
      (select coalesce(error, 'It was cancelled.') from jobs where id = job_id), 'Its job is no longer there.')
    where completed_at is null and job_id is not null
      and not exists (select from jobs where id = job_id and completed_at is null)`)

/** Whether a scheduled backup was begun in the last `hours`, or has failed in the last `failedHours`. */
export async function hasScheduledSince(
  db: Connection,
  { hours, failedHours }: { hours: number; failedHours: number },
): Promise<boolean> {
  const rows = await db.query(sql`
    select id from backups where is_scheduled and case status
      when 'failed' then completed_at > now() - ${failedHours}::float8 * interval '1 hour'
      else created_at > now() - ${hours}::float8 * interval '1 hour' end limit 1`)
  return rows.length > 0
}

/** Scheduled backups beyond the newest ones, and failed ones after thirty days. */
export const listOutlived = (db: Connection, keep: number) =>
  db.query<Pick<BackupRow, 'id' | 'key'>>(sql`
    select id, key from (
      select id, key, row_number() over (order by id desc) as nth from backups
      where is_scheduled and status = 'completed') scheduled
    where nth > ${keep}
    union all
    select id, key from backups where status = 'failed' and completed_at < now() - interval '30 days'`)

export const deleteBackup = (db: Connection, id: number) => db.query(sql`delete from backups where id = ${id}`)

export const insertConfirmation = (db: Connection, row: Row<typeof restoreConfirmationsTable>) =>
  db.query(sql`insert into restore_confirmations ${valuesOf(restoreConfirmationsTable, row)}`)

export const dropExpiredConfirmations = (db: Connection) =>
  db.query(sql`delete from restore_confirmations where expires_at < now()`)

/** Uses up a confirmation. @returns whether it was good for this backup and this person */
export const useConfirmation = async (db: Connection, hash: Buffer, backupId: number, userId: number) => {
  const rows = await db.query(sql`
    delete from restore_confirmations
    where hash = ${hash} and backup_id = ${backupId} and user_id = ${userId} and expires_at > now() returning hash`)
  return rows.length > 0
}

/** Two confirmations at once come one after the other. */
export const lockRestores = (tx: Connection) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended('restores', 0))`)

/** The administrator for whom the schedule works: the one with the oldest account. */
export const findOldestAdmin = async (db: Connection): Promise<{ id: number } | undefined> => {
  const [row] = await db.query<{ id: number }>(sql`
    select id from users where role = 'admin' and is_active order by id limit 1`)
  return row
}

/** Whether a job makes a backup. One that is complete is, although its job may end a moment later. */
export async function isMakingBackup(db: Connection): Promise<boolean> {
  const found = await db.query(sql`
    select b.id from backups b join jobs j on j.id = b.job_id
    where b.status in ('queued', 'running') and j.status in ('queued', 'running') limit 1`)
  return found.length > 0
}
