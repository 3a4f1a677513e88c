import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { readableBy } from '../projects/index.ts'
import { activityTable } from './activity.table.ts'

/** What a person has done, in places that they may still see. */
export const activityPersonal: PersonalSource[] = [
  {
    name: 'activity',
    rows: person => sql`
      select ${columnsOf(activityTable)} from activity
      where actor_id = ${person.id} and (project_id is null or project_id in (${readableBy(person)})) order by id`,
  },
]
