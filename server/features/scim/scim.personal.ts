import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'

/** What an identity provider knows a person by. */
export const scimPersonal: PersonalSource[] = [
  {
    name: 'scim_accounts',
    rows: ({ id }) =>
      sql`select user_name, external_id, updated_at, deleted_at from scim_accounts where user_id = ${id}`,
  },
]
