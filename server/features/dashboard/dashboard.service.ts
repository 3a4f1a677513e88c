import type { DashboardStats, dashboard } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createLru } from '../../kernel/lru.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createSharedAnswer } from '../../kernel/shared-answer.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { Database } from '../../ports/database.ts'
import { countOthers, countTasks } from './dashboard.queries.ts'

/**
 * Counting reads every row that the person may see. So an answer is kept for a moment, and longer when counting takes
 * long: then a page that asks again and again keeps the database busy for a twentieth of the time.
 */
const keptMs = 2_000
const keptTimes = 20
const mostKept = 1_000
const timeoutMs = 5_000
/** How many people's rows are counted at once; one person occupies one place. */
const bounds = { running: 3, perKey: 1, waiting: 200, waitingPerKey: 4 }

/** Counts for the dashboard, as far as the person may see what is counted, by present rights. */
export function createDashboard({ database }: { database: Database }): Handlers<typeof dashboard> {
  const turns = createTurns(bounds)
  const kept = createLru<string, () => Promise<DashboardStats>>(mostKept)

  const count = (person: Scope['person']) =>
    turns.run(person.id, () =>
      database.readWithin(timeoutMs, async db => {
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
    stats: ({ person }) => {
      // Another role sees other things.
      const key = `${person.id} ${person.role}`
      const known = kept.get(key)
      if (known) return known()
      const counting = createSharedAnswer(keptMs, () => count(person), keptTimes)
      kept.set(key, counting)
      return counting()
    },
  }
}
