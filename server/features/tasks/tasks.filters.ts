import sql, { join, type Sql } from 'sql-template-tag'
import type { FiltersApplied, TaskFilters } from '../../../contract/index.ts'
import { given } from '../../kernel/changes.ts'
import type { Connection } from '../../ports/database.ts'
import { found, oneOf, within } from '../../kernel/filters.ts'
import type { Scope } from '../../kernel/scope.ts'
import { namedBy, shownSlug } from '../projects/index.ts'
import { readableTasks } from './tasks.policy.ts'
import { priorityRank } from './tasks.present.ts'

export interface ChosenProjects {
  ids: number[]
  /** The projects as named in the answer: the slugs of those that the caller sees, the others as requested. */
  named: string[]
}

/**
 * A project that does not exist, or that the caller may not see, is a filter that nothing passes: the two must be
 * indistinguishable.
 */
export async function chooseProjects(
  db: Connection,
  { person }: Pick<Scope, 'person'>,
  refs: string[],
): Promise<ChosenProjects> {
  const rows = await db.query<{ id: number; slug: string }>(
    sql`select id, ${shownSlug()} as slug from projects where id in (${namedBy(refs, person)})`,
  )
  const slugOf = (ref: string) => rows.find(({ id, slug }) => slug === ref || String(id) === ref)?.slug ?? ref
  return { ids: rows.map(({ id }) => id), named: [...new Set(refs.map(slugOf))] }
}

/** The tasks `t` that the caller may see and that pass every filter. */
export function matching(
  filters: TaskFilters,
  projects: ChosenProjects | null,
  { person }: Pick<Scope, 'person'>,
): Sql {
  const all = [
    readableTasks(person),
    ...oneOf(sql`t.category`, 'text', filters.category),
    ...oneOf(sql`t.project_id`, 'bigint', projects?.ids),
    ...oneOf(sql`t.status`, 'text', filters.status),
    ...oneOf(sql`t.priority`, 'smallint', filters.priority?.map(priorityRank)),
    ...oneOf(sql`t.assignee_id`, 'bigint', filters.assignee_id),
    ...oneOf(sql`t.created_by`, 'bigint', filters.created_by),
    ...within(sql`t.due_date`, filters.due_date_start, filters.due_date_end),
    ...within(sql`t.created_at`, filters.created_at_start, filters.created_at_end),
    ...within(sql`t.updated_at`, filters.updated_at_start, filters.updated_at_end),
    ...found(sql`t.search`, filters.search),
  ]
  return join(all, ' and ')
}

/** The filters as they were understood; only those that were given. */
export function applied(filters: TaskFilters, projects: ChosenProjects | null): FiltersApplied {
  const range = (start: string | undefined, end: string | undefined) =>
    start || end ? { start: start ?? null, end: end ?? null } : undefined
  return given<FiltersApplied>({
    categories: filters.category,
    projects: projects?.named,
    status: filters.status,
    priority: filters.priority,
    assignee_id: filters.assignee_id,
    created_by: filters.created_by,
    date_range: range(filters.due_date_start, filters.due_date_end),
    created_at: range(filters.created_at_start, filters.created_at_end),
    updated_at: range(filters.updated_at_start, filters.updated_at_end),
    search: filters.search,
  })
}
