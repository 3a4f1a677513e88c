import sql, { type Sql } from 'sql-template-tag'
import type { Activity, activity } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { allowedTo } from '../../kernel/can.ts'
import { newestFirst, pageOf, type PageInput } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { findProject, readableBy, readProject } from '../projects/index.ts'
import { findReadableTask } from '../tasks/index.ts'
import { type ActivityRow, countActivity, listActivity } from './activity.queries.ts'

/** The activity, as far as the reader may see the places where it happened, by present rights. */
export function createActivity({ database }: { database: Database }): Handlers<typeof activity> {
  const feed = async ({ person }: Scope, page: PageInput, of: unknown, where: Sql) => {
    const readable = sql`${where} and (project_id is null or project_id in (${readableBy(person)}))`
    const found = await pageOf(
      page,
      of,
      newestFirst,
      clauses => listActivity(database.reads, readable, clauses),
      () => countActivity(database.reads, readable),
    )
    return { ...found, results: found.results.map(present) }
  }

  return {
    ofTask: async (scope, { id, ...page }) => {
      await findReadableTask(database, scope, id)
      return feed(scope, page, ['task', id], sql`task_id = ${id}`)
    },
    ofProject: async (scope, { id, ...page }) => {
      const project = allowedTo(scope, readProject, await findProject(database, id, scope.person))
      return feed(scope, page, ['project', project.id], sql`project_id = ${project.id}`)
    },
    ofAll: (scope, page) => feed(scope, page, 'all', sql`true`),
  }
}

const present = ({ subject_type, subject_id, subject_title, changes, ...row }: ActivityRow): Activity => ({
  ...row,
  subject: { type: subject_type, id: subject_id, title: subject_title },
  ...(changes && { changes }),
})
