import sql, { join, type Sql } from 'sql-template-tag'
import { isSearch, type ProjectFilters, type projects, taskPriorities, taskStatuses } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Scope } from '../../kernel/scope.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import { readableBy } from './projects.policy.ts'
import { present } from './projects.present.ts'
import { countProjects, listProjects, projectStats } from './projects.queries.ts'
import type { ProjectDeps } from './projects.deps.ts'

type Operations = Pick<Handlers<typeof projects>, 'list' | 'stats'>

/** Lists the projects that a person sees. */
export function createProjectLists({ database }: ProjectDeps): Operations {
  return {
    list: async ({ person }, { page, page_size, cursor, sort, ...filters }) => {
      const where = matching(filters, person)
      const found = await pageOf(
        { page, page_size, cursor },
        [sort, filters],
        orderFor(columns, sort),
        ({ after, window }) => listProjects(database.reads, person.id, sql`${where} and ${after}`, window),
        () => countProjects(database.reads, person.id, where),
      )
      return { ...found, results: found.results.map(row => present(row, row.role)) }
    },

    stats: async ({ person }) => {
      const now = new Date().toISOString()
      const { projects, groups } = await projectStats(database.reads, person, now)
      const sum = (of: (group: (typeof groups)[number]) => number) =>
        groups.reduce((total, group) => total + of(group), 0)
      return {
        projects,
        tasks: {
          total: sum(group => group.count),
          by_status: Object.fromEntries(
            taskStatuses.map(status => [status, sum(g => (g.status === status ? g.count : 0))]),
          ),
          by_priority: Object.fromEntries(
            taskPriorities.map((priority, nth) => [priority, sum(g => (g.priority === nth ? g.count : 0))]),
          ),
          overdue: sum(group => group.overdue),
          completed_last_7_days: sum(group => group.recent),
        },
      }
    },
  }
}

/** The projects that a person sees and that pass every filter: a condition on projects with the role of the person. */
export function matching({ status, visibility, role, search }: ProjectFilters, person: Scope['person']): Sql {
  const conditions: Sql[] = [sql`id in (${readableBy(person)})`]
  if (status) conditions.push(sql`status = any(${status})`)
  if (visibility) conditions.push(sql`visibility = any(${visibility})`)
  if (role) conditions.push(sql`role = any(${role})`)
  // Folded text has no punctuation, so it contains no special characters of LIKE.
  if (isSearch(search)) {
    conditions.push(sql`fold_words(name || ' ' || slug || ' ' || description) like '%' || fold_words(${search}) || '%'`)
  }
  return join(conditions, ' and ')
}

const columns: Record<'name' | 'created_at' | 'updated_at', Sortable> = {
  name: { column: sql`name`, type: 'text' },
  created_at: { column: sql`created_at`, type: 'timestamptz' },
  updated_at: { column: sql`updated_at`, type: 'timestamptz' },
}
