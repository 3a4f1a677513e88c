import sql from 'sql-template-tag'
import type { ProjectRole, projects } from '../../../contract/index.ts'
import { inProject, person, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo } from '../../kernel/can.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { pageOf } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { notify } from '../notifications/index.ts'
import { auditMember } from './members.audit.ts'
import { memberEntry } from './projects.activity.ts'
import { archived, manageProject, readProject, type SeenProject } from './projects.policy.ts'
import { present } from './projects.present.ts'
import * as queries from './projects.queries.ts'
import type { ProjectDeps } from './projects.deps.ts'
import { onlyOne } from './stored-slug.ts'

type Operations = Pick<Handlers<typeof projects>, 'members' | 'setMember' | 'removeMember'>

/**
 * The members of projects and their roles. Every change locks the project first, so that writers in the project can
 * rely on the roles.
 */
export function createMemberService({ database, command }: ProjectDeps): Operations {
  return {
    members: async (scope, { id, ...page }) => {
      const project = allowedTo(scope, readProject, await queries.findProject(database, id, scope.person))
      return pageOf(
        page,
        ['members', project.id],
        {
          column: sql`name`,
          type: 'text',
          nullable: false,
          descending: false,
          tie: { column: sql`user_id`, type: 'int8' },
          position: member => ({ value: member.name, tie: member.user_id }),
        },
        ({ after, window }) => queries.listMembers(database.reads, project.id, after, window),
        () => queries.countMembers(database.reads, project.id),
      )
    },

    setMember: (scope, { id, user_id, role }) =>
      command(scope, async tx => {
        const project = allowedTo(scope, manageProject, await lockMembers(tx, scope, id))
        if (project.status === 'archived') throw archived()
        const member = await queries.findMember(tx, project.id, user_id)
        if (!member || (!member.is_active && member.role === null)) throw notFound()
        const answer = { user_id, username: member.username, name: member.name, role }
        if (member.role === role) return answer
        if (member.role === 'owner') await handOver(tx, scope, project, user_id)
        await queries.putMember(tx, project.id, user_id, role, tx.now)
        tx.record('access_changed', { project_id: project.id, readable: true, role }, person(user_id))
        if (member.role === null) {
          tx.record(
            'project_member_added',
            { project_id: project.id, user_id, role, added_by: scope.person.id },
            inProject(project.id),
            memberEntry(project, user_id, null, role),
          )
        } else {
          tx.record(
            'project_member_updated',
            { project_id: project.id, user_id, role, updated_by: scope.person.id },
            inProject(project.id),
            memberEntry(project, user_id, member.role, role),
          )
        }
        await auditMember(tx, scope, project.id, user_id, { from: member.role, to: role })
        await notifyMember(tx, scope, project, user_id, role)
        return answer
      }),

    removeMember: (scope, { id, user_id }) =>
      command(scope, async tx => {
        const held = await lockMembers(tx, scope, id)
        const project = allowedTo(scope, user_id === scope.person.id ? readProject : manageProject, held)
        const member = await queries.findMember(tx, project.id, user_id)
        if (!member || member.role === null) throw notFound()
        if (project.status === 'archived' && user_id !== scope.person.id) throw archived()
        if (member.role === 'owner') await handOver(tx, scope, project, user_id)
        await queries.deleteMember(tx, project.id, user_id)
        const readable = member.admin || project.visibility === 'internal'
        tx.record('access_changed', { project_id: project.id, readable, role: null }, person(user_id))
        tx.record(
          'project_member_removed',
          { project_id: project.id, user_id, removed_by: scope.person.id },
          inProject(project.id),
          memberEntry(project, user_id, member.role, null),
        )
        await auditMember(tx, scope, project.id, user_id, { from: member.role, to: null })
        await notifyMember(tx, scope, project, user_id, null)
      }),
  }
}

async function lockMembers(tx: Tx, scope: Scope, ref: string): Promise<SeenProject | undefined> {
  const which = queries.matchesRef(ref, scope.person)
  const [rows, [mine]] = await Promise.all([
    queries.selectProjectsLocked(tx, which, 'no key update'),
    queries.rolesIn(tx, which, scope.person.id),
  ])
  const row = onlyOne(rows)
  return row && { ...row, role: (mine?.role ?? null) as ProjectRole | null }
}

/** An owner leaves or steps down: another owner must exist, and becomes the project's `owner_id` if this one was. */
async function handOver(tx: Tx, scope: Scope, project: SeenProject, leaving: number): Promise<void> {
  const heir = await queries.otherOwner(tx, project.id, leaving)
  if (heir === undefined) throw conflict('The last owner of a project stays its owner.')
  if (project.owner_id !== leaving) return
  const row = await queries.updateProject(tx, { ...project, owner_id: heir }, tx.now)
  tx.record(
    'project_updated',
    { project_id: row.id, project: present(row, null), updated_by: scope.person.id, changed: ['owner_id'] },
    inProject(row.id),
  )
}

/** The person who was given or lost a role in a project. */
const notifyMember = (
  tx: Tx,
  { person: by }: Scope,
  project: SeenProject,
  userId: number,
  role: ProjectRole | null,
): Promise<void> =>
  notify(tx, by.id, [
    {
      userId,
      type: 'role_changed',
      message: role
        ? `${by.name} made you ${role} of “${project.name}”`
        : `${by.name} removed you from “${project.name}”`,
      data: { project_id: project.id, project: project.slug, role, by: by.id },
    },
  ])
