import type { BackupType } from '../../contract/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { Connection } from './database.ts'

/** Why a backup cannot be read or put back; the message says it to the administrator. */
export class BackupRefused extends AppError {
  constructor(reason: string) {
    super('conflict', reason)
  }
}

/** What a backup says of itself at its beginning. */
export interface BackupHead {
  section: 'head'
  type: BackupType
  /** The moment of the snapshot. */
  created_at: string
  /** The last migration of the database: the form in which the tables are. */
  schema: string
  /** All migrations that the database had. */
  migrations: string[]
  /** The version of the package. */
  release: string
}

/** Whether it has all tables, and so replaces everything; a part is merged into what is there. */
export const isWholeBackup = ({ type }: Pick<BackupHead, 'type'>): boolean => type === 'full' || type === 'database'

/** What a backup says of itself at its end, when everything has been written. */
export interface Manifest {
  section: 'manifest'
  /** The position of the event log in the snapshot. */
  epoch: string
  offset: number
  tables: { name: string; rows: number; sha256: string }[]
  /** `damaged`: keys of files whose content was not the uploaded one when the backup was made; backups of before lack it. */
  media: { files: number; bytes: number; damaged?: string[] }
  /** The last value of each sequence, by table and column, so that no id is given twice. */
  sequences: { table: string; column: string; last: number }[]
}

export interface StoredBackup {
  key: string
  size: number
  /** SHA-256 of the file, in hex. */
  checksum: string
  head: BackupHead
  manifest: Manifest
}

/** Called as the work goes on, with what is done and what is known of the whole. */
export type Report = (done: number, total: number) => Promise<void>

export interface Going {
  report: Report
  /** Aborted when the work is to be given up. */
  signal: AbortSignal
}

/** The statements of the moment in which restored data takes the place of what was there. */
export interface Replacing extends Connection {
  /** The schema in which the tables of before are until the transaction ends. Unqualified names mean the new ones. */
  readonly past: string
  /**
   * Copies rows of a table of before into the new one.
   *
   * @param where about the rows, which are called `old`
   * @param options `overwrite`: rows with the same primary key are overwritten; without it they are an error
   */
  carry(table: string, where: string, options?: { values?: unknown[]; overwrite?: boolean }): Promise<void>
}

/**
 * A condition for `carry`: the account with this id is the same person in the restored data as before. The backup of
 * another installation has other people under the same ids.
 *
 * @param id a column of `old`, or another expression in SQL
 */
export const isSameAccount = ({ past }: Pick<Replacing, 'past'>, id: string): string =>
  `exists (select from users u join "${past}".users p using (id, created_at) where u.id = ${id})`

export interface RestoreRequest extends Going {
  key: string
  /**
   * Called in the transaction in which the data are replaced. When it throws, everything stays as it was.
   */
  replacing: (tx: Replacing, found: { head: BackupHead; manifest: Manifest }) => Promise<void>
}

export interface RestoreResult {
  head: BackupHead
  rows: number
  files: number
  /** Rows that were not put back, because what they belong to is not there or somebody was erased; of a part only. */
  skipped: number
}

/** Makes backups, and puts them back: whole or not at all. */
export interface Backups {
  /** A backup of a snapshot under this key. A backup that is not complete is not visible. */
  create(key: string, type: BackupType, going: Going): Promise<StoredBackup>
  /** The beginning of a backup. @throws BackupRefused, AppError `not_found` */
  readHead(key: string): Promise<BackupHead>
  /** Reads all of a backup. @throws BackupRefused with the first fault */
  check(key: string, going: Going): Promise<{ head: BackupHead; manifest: Manifest }>
  /**
   * Checks the backup, prepares its data beside the present ones, and replaces them in one transaction.
   *
   * @throws BackupRefused, and AppError `conflict` while another restore runs
   */
  restore(request: RestoreRequest): Promise<RestoreResult>
  delete(key: string): Promise<void>
  /** Removes what processes that died have left behind. */
  sweep(): Promise<void>
}
