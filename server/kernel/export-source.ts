import type { Sql } from 'sql-template-tag'
import type { z } from 'zod'
import type { Connection } from '../ports/database.ts'
import type { Scope } from './scope.ts'

/** What a feature offers for export: everything of one kind that a person may see, by the policy of the feature. */
export interface ExportSource {
  /** The filters of the list of these things, by which an export may be narrowed too. */
  filters: z.ZodObject
  /** Only for administrators. */
  adminOnly?: boolean
  /** The names of the columns, in their order. Rows have no other fields. */
  columns: readonly string[]
  /** @param filters as parsed by `filters` */
  select(db: Connection, person: Scope['person'], filters: never): Promise<ExportSelection>
}

export interface ExportSelection {
  /** All rows, in an order that stays the same. */
  rows: Sql
  /** One row with their `count`; left out where counting takes as long as reading. */
  count?: Sql
  /** A row as it is exported, with a field for each column. */
  present(row: never): object
}

/** What a feature knows about one person, for the export of their own data. */
export interface PersonalSource {
  /** The name of the file in the archive, without its ending. */
  name: string
  /** All rows, by present rights where others write into them too. */
  rows(person: Scope['person']): Sql
  /** A row as it is exported; without it, as it is read. */
  present?(row: never): object
}
