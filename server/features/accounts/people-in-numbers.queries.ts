import sql from 'sql-template-tag'
import type { AdminMetrics } from '../../../contract/index.ts'
import type { Connection } from '../../ports/database.ts'

/** How many people there are, and how many sessions have not ended. */
export async function readPeopleInNumbers(db: Connection): Promise<Pick<AdminMetrics, 'users' | 'sessions'>> {
  const [row] = await db.query<AdminMetrics['users'] & { live: number }>(sql`
    select count(*) as total, count(*) filter (where is_active) as active,
      count(*) filter (where role = 'admin') as administrators,
      count(*) filter (where last_seen_at > now() - interval '1 day') as seen_last_24_hours,
      (select count(*) from sessions where ended_at is null and expires_at > now()) as live
    from users`)
  const { live, ...users } = row!
  return { users, sessions: { live } }
}
