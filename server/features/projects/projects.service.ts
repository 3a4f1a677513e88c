import sql from 'sql-template-tag'
import type { projects } from '../../../contract/index.ts'
import { inProject, person, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo } from '../../kernel/can.ts'
import { changedFields, given } from '../../kernel/changes.ts'
import { versionConflict } from '../../kernel/errors.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { entryOf } from './projects.activity.ts'
import { archived, manageProject, readProject, seenBy, type SeenProject } from './projects.policy.ts'
import { present } from './projects.present.ts'
import * as queries from './projects.queries.ts'
import type { ProjectRow } from './projects.queries.ts'
import type { ProjectDeps } from './projects.deps.ts'
import { slugFrom, variants } from './slug.ts'
import { claimSlug, onlyOne, slugTaken } from './stored-slug.ts'

type Operations = Pick<Handlers<typeof projects>, 'create' | 'get' | 'replace' | 'update' | 'delete'>
type Changes = Partial<Pick<ProjectRow, 'name' | 'slug' | 'description' | 'status' | 'visibility'>>

/** Projects themselves: create, read, change, delete. */
export function createProjectService({ database, command }: ProjectDeps): Operations {
  const change = (scope: Scope, ref: string, changesOf: (now: ProjectRow) => Changes) =>
    command(scope, async tx => {
      const project = await lockForChange(tx, scope, ref, 'no key update')
      const wanted = changesOf(project)
      const changed = changedFields<Changes>(project, given(wanted))
      if (changed.length === 0) return present(project, project.role)
      if (project.status === 'archived' && wanted.status !== 'active') throw archived()
      const after = { ...project, ...wanted }
      // A changed slug must be unique among the projects that the caller sees; the slug of a project that becomes
      // visible to all, among those that all see.
      if (changed.includes('slug')) await claimSlug(tx, 'projects', after, seenBy(scope.person))
      else if (changed.includes('visibility') && after.visibility === 'internal')
        await claimSlug(tx, 'projects', after, sql`p.visibility = 'internal'`)
      const row = await queries.updateProject(tx, after, tx.now)
      if (changed.includes('visibility')) await recordVisibility(tx, row)
      const updated = { project_id: row.id, project: present(row, null), updated_by: scope.person.id, changed }
      tx.record('project_updated', updated, inProject(row.id), entryOf(row, project, changed))
      return present(row, project.role)
    })

  return {
    create: (scope, input) =>
      command(scope, async tx => {
        const owner_id = scope.person.id
        const row = await insertWithSlug(tx, scope, { ...input, owner_id }, input.slug)
        await queries.putMember(tx, row.id, owner_id, 'owner', tx.now)
        // The change of access is recorded before changes of the content, so that sockets are in the project's rooms
        // from here on.
        if (row.visibility === 'internal') await recordVisibility(tx, row)
        tx.record('access_changed', { project_id: row.id, readable: true, role: 'owner' }, person(owner_id))
        tx.record(
          'project_created',
          { project: present(row, null), created_by: owner_id },
          inProject(row.id),
          entryOf(row),
        )
        return present(row, 'owner')
      }),

    get: async (scope, { id }) => {
      const project = allowedTo(scope, readProject, await queries.findProject(database, id, scope.person))
      return present(project, project.role)
    },

    update: (scope, { id, ...changes }) => change(scope, id, () => changes),
    replace: (scope, { id, slug, ...whole }) => change(scope, id, now => ({ ...whole, slug: slug ?? now.slug })),

    delete: (scope, { id }) =>
      command(scope, async tx => {
        const project = await lockForChange(tx, scope, id, 'update')
        const former = project.visibility === 'internal' ? 'everyone' : await queries.memberIds(tx, project.id)
        await queries.deleteProject(tx, project.id)
        tx.record(
          'project_deleted',
          { project_id: project.id, version: project.version + 1, deleted_by: scope.person.id },
          { of: 'project', id: project.id, former },
          entryOf(project),
        )
      }),
  }
}

/** Locks the project and checks that the caller is an owner who has seen its present version. */
export async function lockForChange(
  tx: Tx,
  scope: Scope,
  ref: string,
  strength: 'no key update' | 'update',
): Promise<SeenProject> {
  const which = queries.matchesRef(ref, scope.person)
  const [rows, [role]] = await Promise.all([
    queries.selectProjectsLocked(tx, which, strength),
    queries.rolesIn(tx, which, scope.person.id),
  ])
  const row = onlyOne(rows)
  const project = allowedTo(scope, manageProject, row && { ...row, role: role?.role ?? null })
  if (isStale(scope, project.version)) {
    throw versionConflict(present(project, project.role))
  }
  return project
}

/** Members and administrators see it in either case; the change concerns all others. */
async function recordVisibility(tx: Tx, row: ProjectRow) {
  const [members, admins] = await Promise.all([queries.memberIds(tx, row.id), queries.adminIds(tx)])
  const except = [...new Set([...members, ...admins])]
  const readable = row.visibility === 'internal'
  tx.record('access_changed', { project_id: row.id, readable, role: null }, { of: 'everyone', except })
}

async function insertWithSlug(
  tx: Tx,
  scope: Scope,
  project: Omit<Parameters<typeof queries.insertProject>[1], 'slug'>,
  slug?: string,
) {
  for (const candidate of slug === undefined ? variants(slugFrom(project.name)) : [slug]) {
    const row = await queries.insertProject(tx, { ...project, slug: candidate }, scope.person, tx.now)
    if (row) return row
  }
  throw slugTaken()
}
