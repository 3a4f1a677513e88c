import sql from 'sql-template-tag'
import { inProject, person, type Tx, voidProject } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { notify } from '../notifications/index.ts'
import { auditMember } from './members.audit.ts'
import { memberEntry } from './projects.activity.ts'
import { present } from './projects.present.ts'
import * as queries from './projects.queries.ts'
import type { ProjectRow } from './projects.queries.ts'

interface Other {
  user_id: number
  role: 'owner' | 'editor' | 'viewer'
}

/**
 * Takes a person out of the next project. Whose only owner they are gets another one: the editor, or else the viewer,
 * who has been there longest, or an administrator. A private project without anybody else is deleted.
 *
 * @returns whether there may be more
 */
export async function leaveNextProject(tx: Tx, scope: Scope): Promise<boolean> {
  const { id } = scope.person
  const [next] = await tx.query<{ project_id: number }>(
    sql`select project_id from project_members where user_id = ${id} order by project_id limit 1`,
  )
  if (!next) return false
  const [project] = await queries.selectProjectsLocked(tx, sql`p.id = ${next.project_id}`, 'update')
  if (!project) return true
  const others = await tx.query<Other>(sql`
    select user_id, role from project_members where project_id = ${project.id} and user_id <> ${id}
    order by case role when 'owner' then 0 when 'editor' then 1 else 2 end, created_at, user_id`)
  if (project.visibility === 'private' && others.length === 0) await deleteAlone(tx, scope, project)
  else await leave(tx, scope, project, others)
  return true
}

/** Nobody else has seen it; so what the log and the activity know about it goes first, a part in each step. */
async function deleteAlone(tx: Tx, { person: by }: Scope, project: ProjectRow): Promise<void> {
  if (await voidProject(tx, project.id)) return
  await queries.deleteProject(tx, project.id)
  tx.record(
    'project_deleted',
    { project_id: project.id, version: project.version + 1, deleted_by: by.id },
    { of: 'project', id: project.id, former: [by.id] },
  )
}

async function leave(tx: Tx, scope: Scope, project: ProjectRow, others: readonly Other[]): Promise<void> {
  const { id } = scope.person
  const owner = others.find(({ role }) => role === 'owner')?.user_id ?? (await promote(tx, project, others, id))
  if (project.owner_id === id) {
    const row = await queries.updateProject(tx, { ...project, owner_id: owner }, tx.now)
    const updated = { project_id: row.id, project: present(row, null), updated_by: id, changed: ['owner_id'] }
    tx.record('project_updated', updated, inProject(row.id))
  }
  const { role } = (await queries.findMember(tx, project.id, id))!
  await queries.deleteMember(tx, project.id, id)
  await auditMember(tx, null, project.id, id, { from: role, to: null })
  tx.record(
    'project_member_removed',
    { project_id: project.id, user_id: id, removed_by: id },
    inProject(project.id),
    memberEntry(project, id, role, null),
  )
}

/** Makes somebody the owner. There is always an active administrator. @returns who */
async function promote(tx: Tx, project: ProjectRow, [heir]: readonly Other[], leaving: number): Promise<number> {
  const [admin] = heir
    ? []
    : await tx.query<{ id: number }>(sql`
        select id from users where role = 'admin' and is_active and id <> ${leaving} order by id limit 1`)
  const userId = heir?.user_id ?? admin!.id
  await queries.putMember(tx, project.id, userId, 'owner', tx.now)
  await auditMember(tx, null, project.id, userId, { from: heir?.role ?? null, to: 'owner' })
  tx.record('access_changed', { project_id: project.id, readable: true, role: 'owner' }, person(userId))
  const entry = memberEntry(project, userId, heir?.role ?? null, 'owner')
  const given = { project_id: project.id, user_id: userId, role: 'owner' as const }
  if (heir) tx.record('project_member_updated', { ...given, updated_by: leaving }, inProject(project.id), entry)
  else tx.record('project_member_added', { ...given, added_by: leaving }, inProject(project.id), entry)
  const message = `You are now an owner of “${project.name}”, because its owner has left`
  const data = { project_id: project.id, project: project.slug, role: 'owner', by: null }
  await notify(tx, null, [{ userId, type: 'role_changed', message, data }])
  return userId
}
