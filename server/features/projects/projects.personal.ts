import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { shownSlug } from './stored-slug.ts'

/** The memberships of a person. */
export const projectsPersonal: PersonalSource[] = [
  {
    name: 'memberships',
    rows: ({ id }) => sql`
      select p.id as project_id, ${shownSlug('p.')} as project, p.name, m.role, p.owner_id = ${id} as is_owner,
        m.created_at
      from project_members m join projects p on p.id = m.project_id where m.user_id = ${id} order by p.id`,
  },
]
