import sql, { join, raw, type Sql } from 'sql-template-tag'
import { type Connection, countOf, prepared } from '../../ports/database.ts'
import { columnsOf, type Row } from '../../ports/table.ts'
import { shownSlug } from '../projects/index.ts'
import { tasksTable } from './tasks.table.ts'

/** `position` is the sort key of the task, which sorts as text, byte by byte. */
export type TaskRow = Row<typeof tasksTable> & { position: string }

/** A task with the slug of its project, as clients see it. */
export interface ShownTask extends TaskRow {
  project: string | null
}

/** The order on the board. @param table with its dot: `t.` */
export const sortKeyIn = (table: string) => raw(`coalesce(${table}sort_key, sort_key_of(${table}position)) collate "C"`)
const columns = sql`${columnsOf(tasksTable)}, ${sortKeyIn('')} as position`
const columnsWithoutText = sql`${columnsOf(tasksTable, { instead: { description: raw(`''`) } })}, ${sortKeyIn('')} as position`
export const taskColumns = sql`${columnsOf(tasksTable, { from: 't' })}, ${sortKeyIn('t.')} as position`
/** The sort keys of tasks, as in the indexes. */
export const sortKey = sortKeyIn('')

/** The distance between the positions of two tasks that were created one after the other. */
export const positionStep = 1024

export type NewTaskRow = Pick<
  TaskRow,
  | 'title'
  | 'description'
  | 'status'
  | 'priority'
  | 'category'
  | 'assignee_id'
  | 'due_date'
  | 'completed_at'
  | 'created_by'
>

/**
 * At the end of the board: positions of new tasks follow their ids. An unknown project creates a task without a
 * project.
 *
 * @param which a condition on `p`, the projects
 */
export const insertTask = async (tx: Connection, task: NewTaskRow, which: Sql | null, now: string) => {
  const project = which ? sql`(select p.id from projects p where ${which} limit 1)` : sql`null::bigint`
  const [row] = await tx.query<TaskRow>(
    prepared(sql`
        insert into tasks (id, position, title, description, status, priority, category, project_id, assignee_id,
          due_date, completed_at, created_by, updated_by, created_at, updated_at)
        select id, id * ${positionStep}::float8, ${task.title}, ${task.description}, ${task.status}, ${task.priority}::smallint, ${task.category},
          ${project}, ${task.assignee_id}::bigint, ${task.due_date}::timestamptz, ${task.completed_at}::timestamptz,
          ${task.created_by}::bigint, ${task.created_by}::bigint, ${now}::timestamptz, ${now}::timestamptz
        from nextval(pg_get_serial_sequence('tasks', 'id')) as id
        returning ${columns}`),
  )
  return row!
}

/** A task and everything that decides who may read it. */
export interface SeenTask extends ShownTask {
  readable: boolean
}

export const findTask = async (db: Connection, id: number, personId: number): Promise<SeenTask | undefined> => {
  const [row] = await db.query<SeenTask>(
    prepared(sql`
        select ${taskColumns}, ${shownSlug('p.')} as project, (t.project_id is null or p.visibility = 'internal' or exists (
          select from project_members m where m.project_id = t.project_id and m.user_id = ${personId})) as readable
        from tasks t left join projects p on p.id = t.project_id where t.id = ${id}`),
  )
  return row
}

/**
 * Row locks are taken in the order of ids, so that two bulk operations never wait for each other.
 *
 * @param withText without it descriptions are empty, because those of a thousand tasks would be read for nothing
 */
export const selectTasksForUpdate = (tx: Connection, ids: number[], readable: Sql, withText: boolean) =>
  tx.query<TaskRow>(
    prepared(
      sql`select ${withText ? columns : columnsWithoutText} from tasks where id = any(${ids}) and ${readable} order by id for update`,
    ),
  )

/** The bytes of text of each task, by id: of the existing and readable ones, without reading the text. */
export const weighTasks = async (db: Connection, ids: readonly number[], readable: Sql) => {
  const rows = await db.query<{ id: number; bytes: number }>(
    prepared(sql`select id, octet_length(description) as bytes from tasks where id = any(${ids}) and ${readable}`),
  )
  return new Map(rows.map(({ id, bytes }) => [id, bytes]))
}

/** One statement for any number of tasks that get the same change. */
export const updateTasks = (
  tx: Connection,
  ids: number[],
  changes: Partial<TaskRow>,
  personId: number,
  now: string,
) => {
  const sets = Object.entries(changes).map(
    ([field, value]) => sql`${raw(field === 'position' ? 'sort_key' : field)} = ${value}`,
  )
  if (changes.status === 'done')
    sets.push(sql`completed_at = case when status = 'done' then completed_at else ${now} end`)
  else if (changes.status) sets.push(sql`completed_at = null`)
  return tx.query<TaskRow>(sql`
    update tasks set ${join(sets)}, version = version + 1, updated_by = ${personId},
      updated_at = greatest(updated_at, ${now})
    where id = any(${ids}) returning ${columns}`)
}

export const deleteTasks = (tx: Connection, ids: number[]) => tx.query(sql`delete from tasks where id = any(${ids})`)

export const listTasks = (db: Connection, where: Sql, window: Sql) =>
  db.query<ShownTask>(sql`
    select ${taskColumns}, (select ${shownSlug('p.')} from projects p where p.id = t.project_id) as project
    from tasks t where ${where} ${window}`)

/** What a task has that a list may be sorted by. */
const sortedBy = raw('t.id, t.created_at, t.updated_at, t.due_date, t.priority, t.sort_key, t.position')

/**
 * Like `listTasks`, with the count of the whole list in each row. For a search, which costs the same for the page as for
 * the count: together they take three fifths of the time.
 */
export const listCounted = (db: Connection, where: Sql, window: Sql) =>
  db.query<ShownTask & { total: number }>(sql`
    with found as materialized (select ${sortedBy} from tasks t where ${where})
    select ${taskColumns}, (select ${shownSlug('p.')} from projects p where p.id = t.project_id) as project,
      (select count(*) from found) as total
    from unnest(array(select id from found ${window})) with ordinality as page (id, nth) join tasks t on t.id = page.id
    order by page.nth`)

/** Ranking reads every word of each ranked task, so only the newest tasks are ranked. */
const mostRanked = 2_000

/** Like `listTasks`, ordered by rank: of the newest matching tasks. */
export const listRanked = (db: Connection, where: Sql, window: Sql) =>
  db.query<ShownTask>(sql`
    select ${taskColumns}, (select ${shownSlug('p.')} from projects p where p.id = t.project_id) as project
    from (select * from tasks t where ${where} order by t.created_at desc, t.id desc limit ${mostRanked}) t ${window}`)

/** As many as `listRanked` has pages for. */
export const countRanked = (db: Connection, where: Sql): Promise<number> => countTasks(db, where, mostRanked)

/** @param upTo counting ends there, so that it costs no more with a million tasks than with this many */
export const countTasks = (db: Connection, where: Sql, upTo?: number): Promise<number> =>
  countOf(
    db,
    upTo === undefined
      ? sql`select count(*) from tasks t where ${where}`
      : sql`select count(*) from (select from tasks t where ${where} limit ${upTo}) found`,
  )
