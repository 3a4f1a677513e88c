import sql, { type Sql } from 'sql-template-tag'
import { type Connection, prepared, RetryableError } from '../../ports/database.ts'
import type { Scope } from '../../kernel/scope.ts'
import { invalid } from '../../kernel/errors.ts'
import { assertCan, can } from '../../kernel/can.ts'
import { editProject, readProject, seenBy, type SeenProject } from './projects.policy.ts'
import { onlyOne } from './stored-slug.ts'
import { isNamed, selectProjectsLocked, rolesIn } from './projects.queries.ts'

/**
 * Locks projects (shared), with their members and their visibility, for a change of something in them, and returns the
 * role of the caller in each. Both statements are sent at once. Projects that the caller does not see are left out, so
 * nobody makes others wait for hidden projects, or finds out by waiting that somebody works in them.
 *
 * @param some a condition on `p`, the projects
 */
export async function lockProjects(tx: Connection, scope: Scope, some: Sql): Promise<Map<number, SeenProject>> {
  const which = sql`(${some}) and ${seenBy(scope.person)}`
  const [rows, roles] = await Promise.all([
    selectProjectsLocked(tx, which, 'share'),
    rolesIn(tx, which, scope.person.id),
  ])
  const roleIn = new Map(roles.map(({ project_id, role }) => [project_id, role]))
  return new Map(rows.map(row => [row.id, { ...row, role: roleIn.get(row.id) ?? null }]))
}

/**
 * The same for the one project that a caller names.
 *
 * @throws AppError `conflict` on `field` when they see several of this slug
 */
export const lockProject = async (tx: Connection, scope: Scope, ref: string, field = 'project') =>
  onlyOne((await lockProjects(tx, scope, isNamed(ref))).values(), field)

/**
 * The locked project of a thing that was locked after it; null when the thing is in no project.
 *
 * @throws RetryableError when the project is not locked: the thing moved there, or became visible, between the two
 *   locks
 */
export function projectAmong(held: ReadonlyMap<number, SeenProject>, id: number | null): SeenProject | null {
  if (id === null) return null
  const project = held.get(id)
  if (!project) throw new RetryableError('it moved to another project meanwhile')
  return project
}

/**
 * Locks the project that something new is to be put into, for a caller who may add to it; null means no project.
 *
 * @param ref its id or slug; null and undefined: without a project
 * @throws AppError `validation_error` on `project` when the caller may not see it, `forbidden`, `conflict` when
 *   archived or when the caller sees several of this slug
 */
export async function lockDestination(tx: Connection, scope: Scope, ref: string | null | undefined) {
  if (ref === null || ref === undefined) return null
  const project = await lockProject(tx, scope, ref)
  if (!project || !can(scope, readProject, project)) {
    throw invalid({ project: 'there is no such project, or none that you may see' })
  }
  assertCan(scope, editProject, project)
  return project
}

/**
 * Which of these people may read a project (null means no project, so everyone may). Their accounts are held open until
 * the transaction ends.
 */
export async function readersAmong(tx: Connection, projectId: number | null, people: number[]): Promise<Set<number>> {
  const rows = await tx.query<{ id: number }>(
    prepared(sql`
    select u.id from users u where u.id = any(${people}) and u.is_active and (
      ${projectId}::bigint is null or u.role = 'admin'
      or exists (select from projects p where p.id = ${projectId} and p.visibility = 'internal')
      or exists (select from project_members m where m.project_id = ${projectId} and m.user_id = u.id))
    for key share of u`),
  )
  return new Set(rows.map(({ id }) => id))
}
