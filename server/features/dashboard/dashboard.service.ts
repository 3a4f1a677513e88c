import type { DashboardStats, dashboard } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { Cache } from '../../ports/cache.ts'
import type { Database } from '../../ports/database.ts'
import { countOthers, countTasks } from './dashboard.queries.ts'

/**
 * Counting reads every row that the person may see. So an answer is kept for a moment, and longer when counting takes
 * long: then a page that asks again and again keeps the database busy for a twentieth of the time.
 */
const kept = { ms: 2_000, times: 20 }
const timeoutMs = 5_000
/** How many people's rows are counted at once; one person occupies one place. */
const bounds = { running: 3, perKey: 1, waiting: 200, waitingPerKey: 4 }

/** Counts for the dashboard, as far as the person may see what is counted, by present rights. */
export function createDashboard({ database, cache }: { database: Database; cache: Cache }): Handlers<typeof dashboard> {
  const turns = createTurns(bounds)

  const count = (person: Scope['person']): Promise<DashboardStats> =>
    turns.run(person.id, () =>
      database.reads.readWithin(timeoutMs, async db => {
        const at = new Date().toISOString()
        const tasks = await countTasks(db, person, at)
        const others = await countOthers(db, person)
        return {
          tasks,
          projects: { active: others.active, archived: others.archived },
          posts: { published: others.published, drafts: others.drafts },
          videos: { total: others.videos },
          media: { total: others.files, bytes: others.bytes },
          unread_notifications: others.unread,
          at,
        }
      }),
    )

  return {
    // Another role sees other things.
    stats: ({ person }) => cache.get(`dashboard:${person.id}:${person.role}`, () => count(person), kept),
  }
}
