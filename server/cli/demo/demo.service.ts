import sql from 'sql-template-tag'
import type { people, projects, User } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { countOf, type Database } from '../../ports/database.ts'
import type { Scope } from '../../kernel/scope.ts'
import { shownSlug } from '../../features/projects/index.ts'
import { boardTasks, type DemoTask } from './board-tasks.ts'
import { insertDemoTasks } from './insert-tasks.ts'
import { generatedTask } from './generated-tasks.ts'
import { type DemoPerson, demoPeople } from './people.ts'

export interface DemoDeps {
  database: Database
  command: Command
  projects: Pick<Handlers<typeof projects>, 'create' | 'setMember'>
  people: Pick<Handlers<typeof people>, 'list'>
  /** Creates an account without a session. */
  newAccount: (account: DemoPerson) => Promise<User>
}

export interface Filled {
  project: string
  /** The tasks that were in the project before this run, and those that this run made. */
  found: number
  created: number
}

const chunk = 500

const demo = {
  slug: 'demo',
  name: 'Website relaunch',
  description: 'A demo: a small team, half-way through. Made by `npm run seed`; change it or delete it as you like.',
  visibility: 'internal' as const,
}
const large = {
  slug: 'demo-large',
  name: 'A large project',
  description: 'A demo of size. Made by `npm run seed -- --tasks N`.',
  visibility: 'internal' as const,
}

/** Demo data. It is made through the event log like everything else, so clients that watch see it appear. */
export function createDemo(deps: DemoDeps) {
  /** Fills a project up to so many tasks; so the next run finishes what an interrupted one began. */
  async function fill(scope: Scope, project: typeof demo | typeof large, wanted: number, more: Fill): Promise<Filled> {
    const id = await ensureProject(deps, scope, project)
    const found = await countTasks(deps.database, id)
    if (found >= wanted) return { project: project.slug, found, created: 0 }
    const members = await ensureMembers(deps, scope, id)
    for (let done = found; done < wanted; done += chunk) {
      const demoTasks = more.demoTasks(done, Math.min(chunk, wanted - done))
      await insertDemoTasks(deps.command, scope, id, demoTasks, members)
      more.onProgress(Math.min(done + chunk, wanted) - found)
    }
    return { project: project.slug, found, created: wanted - found }
  }

  return {
    /** Makes a few dozen tasks of a small team; none when the project has tasks already. */
    fillDemo: async (scope: Scope): Promise<Filled> => {
      const id = await ensureProject(deps, scope, demo)
      const found = await countTasks(deps.database, id)
      if (found > 0) return { project: demo.slug, found, created: 0 }
      return fill(scope, demo, boardTasks.length, { demoTasks: () => [...boardTasks], onProgress: () => undefined })
    },

    fillLarge: (scope: Scope, count: number, onProgress: (created: number) => void): Promise<Filled> =>
      fill(scope, large, count, {
        demoTasks: (from, length) => Array.from({ length }, (_, nth) => generatedTask(from + nth, count)),
        onProgress,
      }),
  }
}

interface Fill {
  demoTasks: (from: number, count: number) => DemoTask[]
  onProgress: (created: number) => void
}

/** Several projects may have the slug; then the one that everybody sees is used. */
async function ensureProject({ database, projects }: DemoDeps, scope: Scope, wanted: typeof demo | typeof large) {
  const [there] = await database.query<{ id: number }>(sql`
    select id from projects where ${shownSlug()} = ${wanted.slug} order by visibility = 'internal' desc, id limit 1`)
  return there?.id ?? (await projects.create(scope, wanted)).id
}

/** @returns ids by username */
async function ensureMembers({ people, newAccount, projects }: DemoDeps, scope: Scope, projectId: number) {
  const ids = new Map<string, number>()
  for (const wanted of demoPeople) {
    const { results } = await people.list(scope, { search: wanted.username, page_size: 100 })
    const found = results.find(({ username }) => username === wanted.username) ?? (await newAccount(wanted))
    await projects.setMember(scope, { id: String(projectId), user_id: found.id, role: 'editor' })
    ids.set(wanted.username, found.id)
  }
  return ids
}

const countTasks = (database: Database, projectId: number): Promise<number> =>
  countOf(database, sql`select count(*) from tasks where project_id = ${projectId}`)
