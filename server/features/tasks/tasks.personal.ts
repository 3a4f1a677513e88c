import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { shownSlug } from '../projects/index.ts'
import { readableTasks } from './tasks.policy.ts'
import { present } from './tasks.present.ts'
import { type ShownTask, taskColumns } from './tasks.queries.ts'

/** The tasks that a person has created or is assigned, as far as they may still see them. */
export const tasksPersonal: PersonalSource[] = [
  {
    name: 'tasks',
    rows: person => sql`
      select ${taskColumns}, ${shownSlug('p.')} as project from tasks t left join projects p on p.id = t.project_id
      where (t.created_by = ${person.id} or t.assignee_id = ${person.id}) and ${readableTasks(person)} order by t.id`,
    present: (row: ShownTask) => present(row, row.project),
  },
]
