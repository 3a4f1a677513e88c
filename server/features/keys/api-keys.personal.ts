import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { apiKeysTable } from './api-keys.table.ts'

/** The API keys of a person, without their secrets, and what was called with them. */
export const apiKeysPersonal: PersonalSource[] = [
  {
    name: 'api_keys',
    rows: person => sql`select ${columnsOf(apiKeysTable)} from api_keys where user_id = ${person.id} order by id`,
  },
  {
    name: 'api_key_usage',
    rows: person => sql`
      select u.key_id, u.day, u.method, u.path, u.status, u.calls
      from api_key_usage u join api_keys k on k.id = u.key_id where k.user_id = ${person.id}
      order by u.key_id, u.day, u.method, u.path, u.status`,
  },
  {
    name: 'api_key_calls',
    rows: person => sql`
      select c.key_id, c.at, c.method, c.path, c.status, c.ip_address
      from api_key_calls c join api_keys k on k.id = c.key_id where k.user_id = ${person.id} order by c.id`,
  },
]
