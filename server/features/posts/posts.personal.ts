import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { readable } from './posts.policy.ts'
import { postColumns } from './posts.queries.ts'

/** The posts and drafts that a person has written, as far as they may still see them. */
export const postsPersonal: PersonalSource[] = [
  {
    name: 'posts',
    rows: person => sql`
      select ${postColumns} from posts where author_id = ${person.id} and ${readable(person)} order by id`,
  },
]
