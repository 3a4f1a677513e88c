import sql, { type Sql } from 'sql-template-tag'
import type { Note } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf, valuesOf } from '../../ports/table.ts'
import { notesTable } from './notes.table.ts'

const columns = columnsOf(notesTable)

export const listNotes = (db: Connection, where: Sql, window: Sql) =>
  db.query<Note>(sql`select ${columns} from notes where ${where} ${window}`)

export const countNotes = (db: Connection, where: Sql) => countOf(db, sql`select count(*) from notes where ${where}`)

export const findNote = async (db: Connection, id: number, readable: Sql) =>
  (await listNotes(db, sql`id = ${id} and ${readable}`, sql``))[0]

export const lockNote = async (tx: Connection, id: number, readable: Sql) =>
  (await listNotes(tx, sql`id = ${id} and ${readable}`, sql`for update`))[0]

export const insertNote = async (
  tx: Connection,
  note: Pick<Note, 'title' | 'body' | 'project_id' | 'created_by'>,
  now: string,
) =>
  (
    await tx.query<Note>(sql`
      insert into notes ${valuesOf(notesTable, { ...note, created_at: now, updated_at: now })} returning ${columns}`)
  )[0]!

export const updateNote = async (tx: Connection, { id, title, body }: Note, now: string) =>
  (
    await tx.query<Note>(sql`
      update notes set title = ${title}, body = ${body}, version = version + 1, updated_at = ${now}
      where id = ${id} returning ${columns}`)
  )[0]!

export const deleteNote = (tx: Connection, id: number) => tx.query(sql`delete from notes where id = ${id}`)
