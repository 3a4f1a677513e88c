import sql from 'sql-template-tag'
import type { User } from '../../../contract/index.ts'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { presentSession, presentUser } from './accounts.present.ts'
import { userColumns } from './accounts.queries.ts'
import { sessionsTable } from './accounts.table.ts'
import type { SessionRow } from './sessions.queries.ts'

/** The account, its second factor without its secrets, the accounts elsewhere that it is linked to, and its sessions with their addresses, also the ended ones. */
export const accountsPersonal: PersonalSource[] = [
  {
    name: 'account',
    rows: ({ id }) => sql`select ${userColumns} from users where id = ${id}`,
    present: (row: User) => presentUser(row),
  },
  {
    name: 'two_factor',
    rows: ({ id }) => sql`
      select f.confirmed_at as enabled_at,
        (select count(*)::int from recovery_codes c where c.user_id = f.user_id and c.used_at is null) as recovery_codes_left
      from totp_factors f where f.user_id = ${id} and f.confirmed_at is not null`,
  },
  {
    name: 'identities',
    rows: ({ id }) => sql`
      select provider, issuer, subject, email, linked_at, last_used_at from identities where user_id = ${id} order by id`,
  },
  {
    name: 'sessions',
    rows: ({ id }) => sql`
      select ${columnsOf(sessionsTable)}, ended_at from sessions where user_id = ${id} order by created_at, id`,
    present: ({ ended_at, ...row }: SessionRow & { ended_at: string | null }) => {
      const { current: _, ...session } = presentSession(row, '')
      return { ...session, created_at: row.created_at, ended_at }
    },
  },
]
