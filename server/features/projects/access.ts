import sql, { type Sql } from 'sql-template-tag'
import { type Connection, prepared } from '../../kernel/database.ts'
import type { Scope } from '../../kernel/scope.ts'
import { invalid } from '../../kernel/errors.ts'
import { assertEdit, mayRead } from './projects.policy.ts'
import { onlyOne } from './stored-slug.ts'
import { lockProject, matchesRef, rolesIn, type SeenProject } from './projects.queries.ts'

/**
 * Holds projects still (they, their members, their visibility) for a change of what is in them, and tells what the
 * caller is in each. Both statements go out at once.
 *
 * @param which a condition on `p`, the projects
 */
export async function holdProjects(tx: Connection, scope: Scope, which: Sql): Promise<Map<number, SeenProject>> {
  const [rows, roles] = await Promise.all([lockProject(tx, which, 'share'), rolesIn(tx, which, scope.person.id)])
  const roleIn = new Map(roles.map(({ project_id, role }) => [project_id, role]))
  return new Map(rows.map(row => [row.id, { ...row, role: roleIn.get(row.id) ?? null }]))
}

/**
 * The same for the one project that a caller names; whether they may see it is for whoever asks to judge.
 *
 * @throws AppError `conflict` on `field` when they see several of this slug
 */
export const holdProject = async (tx: Connection, scope: Scope, ref: string, field = 'project') =>
  onlyOne((await holdProjects(tx, scope, matchesRef(ref, scope.person))).values(), field)

/**
 * Holds the project that something new is to go into, for a caller who may add to it; null: into none.
 *
 * @param ref its id or slug; null and undefined: without a project
 * @throws AppError `validation_error` on `project` when it is not seen, `forbidden`, `conflict` when archived or
 *   when the caller sees several of this slug
 */
export async function holdDestination(tx: Connection, scope: Scope, ref: string | null | undefined) {
  if (ref === null || ref === undefined) return null
  const project = await holdProject(tx, scope, ref)
  if (!project || !mayRead(scope.person, project)) {
    throw invalid({ project: 'there is no such project, or none that you may see' })
  }
  assertEdit(scope.person, project)
  return project
}

/** Which of these people may read a project (null: tasks without one, which everyone reads). */
export async function readersAmong(tx: Connection, projectId: number | null, people: number[]): Promise<Set<number>> {
  const rows = await tx.query<{ id: number }>(
    prepared(sql`
    select u.id from users u where u.id = any(${people}) and u.is_active and (
      ${projectId}::bigint is null or u.role = 'admin'
      or exists (select from projects p where p.id = ${projectId} and p.visibility = 'internal')
      or exists (select from project_members m where m.project_id = ${projectId} and m.user_id = u.id))`),
  )
  return new Set(rows.map(({ id }) => id))
}
