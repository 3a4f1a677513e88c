import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { readable } from './videos.policy.ts'
import { videoColumns } from './videos.queries.ts'

/** The videos that a person has added, as far as they may still see them. */
export const videosPersonal: PersonalSource[] = [
  {
    name: 'videos',
    rows: person => sql`
      select ${videoColumns} from videos where created_by = ${person.id} and ${readable(person)} order by id`,
  },
]
