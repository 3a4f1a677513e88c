import sql, { join, type Sql } from 'sql-template-tag'
import { type FiltersApplied, isSearch, type TaskFilters } from '../../../contract/index.ts'
import type { Connection } from '../../kernel/database.ts'
import type { Scope } from '../../kernel/scope.ts'
import { namedBy, readableBy, shownSlug } from '../projects/index.ts'
import { priorityRank } from './tasks.present.ts'

export interface ChosenProjects {
  ids: number[]
  /** As they are named in the answer: the slugs of those that are seen, the others as they were asked for. */
  named: string[]
}

/** A project that is not there, or not to be seen, is a filter that nothing passes: the two must not be told apart. */
export async function chooseProjects(db: Connection, { person }: Scope, refs: string[]): Promise<ChosenProjects> {
  const rows = await db.query<{ id: number; slug: string }>(
    sql`select id, ${shownSlug()} as slug from projects where id in (${namedBy(refs, person)})`,
  )
  const slugOf = (ref: string) => rows.find(({ id, slug }) => slug === ref || String(id) === ref)?.slug ?? ref
  return { ids: rows.map(({ id }) => id), named: [...new Set(refs.map(slugOf))] }
}

/** The tasks `t` that the caller may see and that pass every filter. */
export function matching(filters: TaskFilters, projects: ChosenProjects | null, { person }: Scope): Sql {
  const all: Sql[] = []
  const oneOf = (column: Sql, type: Sql, values: unknown[] | undefined) => {
    if (values?.length === 1) all.push(sql`${column} = ${values[0]}::${type}`)
    else if (values) all.push(sql`${column} = any(${values}::${type}[])`)
  }
  const within = (column: Sql, start: string | undefined, end: string | undefined) => {
    if (start) all.push(sql`${column} >= ${start}::timestamptz`)
    if (end) all.push(sql`${column} <= ${end}::timestamptz`)
  }
  if (person.role !== 'admin') all.push(sql`(t.project_id is null or t.project_id in (${readableBy(person)}))`)
  oneOf(sql`t.category`, sql`text`, filters.category)
  oneOf(sql`t.project_id`, sql`bigint`, projects?.ids)
  oneOf(sql`t.status`, sql`text`, filters.status)
  oneOf(sql`t.priority`, sql`smallint`, filters.priority?.map(priorityRank))
  oneOf(sql`t.assignee_id`, sql`bigint`, filters.assignee_id)
  oneOf(sql`t.created_by`, sql`bigint`, filters.created_by)
  within(sql`t.due_date`, filters.due_date_start, filters.due_date_end)
  within(sql`t.created_at`, filters.created_at_start, filters.created_at_end)
  within(sql`t.updated_at`, filters.updated_at_start, filters.updated_at_end)
  if (isSearch(filters.search)) all.push(sql`t.search @@ search_query(${filters.search})`)
  return all.length > 0 ? join(all, ' and ') : sql`true`
}

/** What was asked for, as it was understood; only what was given. */
export function applied(filters: TaskFilters, projects: ChosenProjects | null): FiltersApplied {
  const range = (start: string | undefined, end: string | undefined) =>
    start || end ? { start: start ?? null, end: end ?? null } : undefined
  const given: FiltersApplied = {
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
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
