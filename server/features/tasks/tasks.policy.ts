import sql, { type Sql } from 'sql-template-tag'
import { type Action, type Person, rowsFor } from '../../kernel/can.ts'
import { notFound } from '../../kernel/errors.ts'
import { readableBy } from '../projects/index.ts'

/**
 * To read a task that was loaded with whether its project is readable, by `seenBy`; a task without a project everybody
 * reads. Who changes a task is judged by its project (`editIn`).
 */
export const readTask: Action<{ readable: boolean }> = {
  who: (_, { readable }) => readable,
  admins: 'anywhere',
  otherwise: notFound,
}

/** The tasks `t` that a person may see. */
export const readableTasks = (person: Person): Sql =>
  rowsFor(person, readTask, () => sql`(t.project_id is null or t.project_id in (${readableBy(person)}))`)
