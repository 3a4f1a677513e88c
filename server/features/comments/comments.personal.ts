import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { readableTasks } from '../tasks/index.ts'
import { commentsTable } from './comments.table.ts'

/** The comments that a person has written, on tasks that they may still see: moderators may have changed them. */
export const commentsPersonal: PersonalSource[] = [
  {
    name: 'comments',
    rows: person => sql`
      select ${columnsOf(commentsTable, { from: 'c' })} from comments c join tasks t on t.id = c.task_id
      where c.author_id = ${person.id} and ${readableTasks(person)} order by c.id`,
  },
]
