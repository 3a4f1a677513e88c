import sql from 'sql-template-tag'
import { limits } from '../../../contract/index.ts'
import { type Clauses } from '../../kernel/paging.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { assignmentsOf, columnsOf, type Row, valuesOf } from '../../ports/table.ts'
import { flagsTable } from './flags.table.ts'

export type FlagRow = Row<typeof flagsTable>

const columns = columnsOf(flagsTable)

export const listFlags = (db: Connection, { after, window }: Clauses) =>
  db.query<FlagRow>(sql`select ${columns} from flags where ${after} ${window}`)

export const countFlags = (db: Connection) => countOf(db, sql`select count(*) from flags`)

export const allFlags = (db: Connection) =>
  db.query<FlagRow>(sql`select ${columns} from flags order by name limit ${limits.flags}`)

/** A number on which all instances agree: nobody else makes or changes flags until the end of the transaction. */
const flagsLock = 7_201_006

export async function lockFlag(tx: Connection, name: string): Promise<FlagRow | undefined> {
  const [, [row]] = await Promise.all([
    tx.query(sql`select pg_advisory_xact_lock(${flagsLock})`),
    tx.query<FlagRow>(sql`select ${columns} from flags where name = ${name}`),
  ])
  return row
}

type Given = Pick<FlagRow, 'name' | 'description' | 'enabled' | 'rollout_percent' | 'rules' | 'updated_by'>

export async function insertFlag(tx: Connection, flag: Given, now: string): Promise<FlagRow> {
  const row = { ...flag, created_at: now, updated_at: now }
  const [inserted] = await tx.query<FlagRow>(sql`insert into flags ${valuesOf(flagsTable, row)} returning ${columns}`)
  return inserted!
}

export async function updateFlag(tx: Connection, id: number, flag: Given, now: string): Promise<FlagRow> {
  const [updated] = await tx.query<FlagRow>(sql`
    update flags set ${assignmentsOf(flagsTable, { ...flag, updated_at: now })}, version = version + 1
    where id = ${id} returning ${columns}`)
  return updated!
}

export const deleteFlag = (tx: Connection, id: number) => tx.query(sql`delete from flags where id = ${id}`)

/** Which of these ids exist in a table that a rule names. */
export const existing = async (tx: Connection, table: 'users' | 'projects', ids: readonly number[]) => {
  const from = table === 'users' ? sql`users` : sql`projects`
  const rows = await tx.query<{ id: number }>(sql`select id from ${from} where id = any(${[...ids]}::bigint[])`)
  return new Set(rows.map(({ id }) => id))
}

/** Of these projects, those that the person is a member of. */
export const membershipsAmong = async (db: Connection, personId: number, projects: readonly number[]) => {
  const rows = await db.query<{ project_id: number }>(sql`
    select project_id from project_members
    where user_id = ${personId} and project_id = any(${[...projects]}::bigint[])`)
  return new Set(rows.map(({ project_id }) => project_id))
}

/** A person that an administrator asks for. */
export const findSubject = async (db: Connection, id: number) => {
  const [row] = await db.query<{ id: number; role: 'user' | 'admin' }>(sql`
    select id, role from users where id = ${id}`)
  return row
}
