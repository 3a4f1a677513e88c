import type { Readable } from 'node:stream'
import sql from 'sql-template-tag'
import type { Scope } from '../../kernel/scope.ts'
import type { Connection } from '../../ports/database.ts'
import type { FileStorage } from '../../ports/storage.ts'
import { columnsOf } from '../../ports/table.ts'
import { downloadNameOf, keyOf } from './media.names.ts'
import { readable } from './media.policy.ts'
import type { Present } from './media.present.ts'
import type { MediaRow } from './media.queries.ts'
import { mediaTable } from './media.table.ts'

/** A file of a person, for the export of their own data. */
export interface PersonalFile {
  /** Of the file in the archive. */
  name: string
  described: object
  /** Null when the file is gone. */
  open(): Promise<Readable | null>
}

/** Some files that a person has uploaded, as far as they may still see them, after an id; the next call begins at `last`. */
export type PersonalFiles = (
  db: Connection,
  person: Scope['person'],
  after: number,
) => Promise<{ files: PersonalFile[]; last: number | null }>

const batch = 100

export const createPersonalFiles =
  ({ storage, present }: { storage: FileStorage; present: Present }): PersonalFiles =>
  async (db, person, after) => {
    const rows = await db.query<MediaRow>(sql`
      select ${columnsOf(mediaTable, { from: 'm' })} from media m
      where m.uploaded_by = ${person.id} and ${readable(person)} and m.id > ${after} order by m.id limit ${batch}`)
    const files = rows.map(row => ({
      name: `media/${row.id}-${downloadNameOf(row.original_filename, row.file_type).replace(/[\\/]/g, '_')}`,
      described: { ...present(row), sha256: row.sha256 },
      open: () => storage.open(keyOf(row.filename)),
    }))
    return { files, last: rows.length < batch ? null : rows.at(-1)!.id }
  }
