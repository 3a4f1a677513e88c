import sql, { raw, type Sql } from 'sql-template-tag'
import type { Member, ProjectRole } from '../../../contract/index.ts'
import type { Person } from '../../kernel/can.ts'
import { type Connection, countOf, prepared } from '../../ports/database.ts'
import { columnsOf, type Row } from '../../ports/table.ts'
import { readableBy, seenBy, type SeenProject } from './projects.policy.ts'
import { projectsTable } from './projects.table.ts'
import { lockSlug, onlyOne, retryTakenSlug, shownSlug, storedSlug } from './stored-slug.ts'

export type ProjectRow = Row<typeof projectsTable>

export const projectColumns = columnsOf(projectsTable, { from: 'p', instead: { slug: shownSlug('p.') } })

/** By id, or by slug, which is never all digits. Several projects may have the same slug. */
export const isNamed = (ref: string): Sql => (/^\d+$/.test(ref) ? matchesId(ref) : sql`${shownSlug('p.')} = ${ref}`)

/** The same among those that the caller may see. The others are not even locked. */
export const matchesRef = (ref: string, reader: Person): Sql => sql`(${isNamed(ref)} and ${seenBy(reader)})`

const matchesId = (ref: string) => (ref.length < 16 ? sql`p.id = ${Number(ref)}` : sql`false`)

/**
 * The projects, among those that the caller may see, that any of these refs name, by id or slug. So a list does not
 * even search the other projects. A project that does not exist, or that the caller may not see, is a filter that
 * nothing passes.
 */
export const namedBy = (refs: readonly string[], reader: Person): Sql => {
  const ids = refs.filter(ref => /^\d{1,15}$/.test(ref)).map(Number)
  return sql`
    select p.id from projects p
    where (${shownSlug('p.')} = any(${refs}) or p.id = any(${ids}::bigint[])) and ${seenBy(reader)}`
}

const roleOf = (personId: number) =>
  sql`(select role from project_members m where m.project_id = p.id and m.user_id = ${personId}) as role`

/** @throws AppError `conflict` when the caller sees several of this slug */
export const findProject = async (db: Connection, ref: string, reader: Person): Promise<SeenProject | undefined> =>
  onlyOne(
    await db.query<SeenProject>(
      sql`select ${projectColumns}, ${roleOf(reader.id)} from projects p where ${matchesRef(ref, reader)}`,
    ),
  )

/**
 * Locks a project row: `share` for changes of what is in it, so that neither it nor its members change meanwhile; `no
 * key update` for changes of the project and its members; `update` to delete it.
 */
export const selectProjectsLocked = (tx: Connection, which: Sql, strength: 'share' | 'no key update' | 'update') =>
  tx.query<ProjectRow>(
    prepared(sql`select ${projectColumns} from projects p where ${which} order by p.id for ${raw(strength)}`),
  )

/**
 * Called after the project is locked, as a separate statement, because only that sees what was committed before the
 * lock was granted.
 */
export const rolesIn = (tx: Connection, which: Sql, personId: number) =>
  tx.query<{ project_id: number; role: ProjectRole }>(
    prepared(sql`
      select m.project_id, m.role from project_members m
      where m.user_id = ${personId} and m.project_id in (select p.id from projects p where ${which})`),
  )

/** Undefined when a project that the reader may see has the slug. */
export const insertProject = async (
  tx: Connection,
  project: Pick<ProjectRow, 'slug' | 'name' | 'description' | 'visibility' | 'owner_id'>,
  reader: Person,
  now: string,
): Promise<ProjectRow | undefined> => {
  const insert = sql`
    insert into projects as p (slug, name, description, visibility, owner_id, created_at, updated_at)
    select ${storedSlug('projects', project.slug)}, ${project.name}, ${project.description}, ${project.visibility},
      ${project.owner_id}::bigint, ${now}::timestamptz, ${now}::timestamptz
    where not exists (select from projects p where ${matchesRef(project.slug, reader)})
    returning ${projectColumns}`
  const [, [row]] = await Promise.all([lockSlug(tx, 'projects', project.slug), tx.query<ProjectRow>(insert)]).catch(
    retryTakenSlug,
  )
  return row
}

export const updateProject = async (tx: Connection, project: ProjectRow, now: string): Promise<ProjectRow> => {
  const update = sql`
    update projects as p set
      slug = case when ${shownSlug('p.')} = ${project.slug} then p.slug
        else ${storedSlug('projects', project.slug)} end, name = ${project.name}, description = ${project.description},
      status = ${project.status}, visibility = ${project.visibility}, owner_id = ${project.owner_id},
      version = version + 1, updated_at = greatest(p.updated_at, ${now})
    where p.id = ${project.id} returning ${projectColumns}`
  const [row] = await tx.query<ProjectRow>(update).catch(retryTakenSlug)
  return row!
}

export const deleteProject = (tx: Connection, id: number) => tx.query(sql`delete from projects where id = ${id}`)

export const readableIds = async (db: Connection, personId: number): Promise<number[]> =>
  (await db.query<{ id: number }>(readableBy({ id: personId, role: 'user' }))).map(({ id }) => id)

/** The same for many people at once who are not administrators. */
export async function readableIdsOf(db: Connection, personIds: readonly number[]): Promise<Map<number, Set<number>>> {
  const [internal, memberships] = await Promise.all([
    db.query<{ id: number }>(sql`select id from projects where visibility = 'internal'`),
    db.query<{ user_id: number; project_id: number }>(
      sql`select user_id, project_id from project_members where user_id = any(${[...personIds]}::bigint[])`,
    ),
  ])
  const readable = new Map(personIds.map(id => [id, new Set(internal.map(project => project.id))]))
  for (const { user_id, project_id } of memberships) readable.get(user_id)?.add(project_id)
  return readable
}

/** All projects as `p`, each with the role of a person in it. */
export const projectsWithRole = (personId: number): Sql =>
  sql`(select ${projectColumns}, ${roleOf(personId)} from projects p) p`

export const listProjects = (db: Connection, personId: number, where: Sql, window: Sql) =>
  db.query<SeenProject>(sql`select * from ${projectsWithRole(personId)} where ${where} ${window}`)

export const countProjects = (db: Connection, personId: number, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from ${projectsWithRole(personId)} where ${where}`)

export const memberIds = async (tx: Connection, projectId: number): Promise<number[]> =>
  (await tx.query<{ user_id: number }>(sql`select user_id from project_members where project_id = ${projectId}`)).map(
    ({ user_id }) => user_id,
  )

export const adminIds = async (tx: Connection): Promise<number[]> =>
  (await tx.query<{ id: number }>(sql`select id from users where role = 'admin'`)).map(({ id }) => id)

export const listMembers = (db: Connection, projectId: number, after: Sql, window: Sql) =>
  db.query<Member>(sql`
    select * from (select m.user_id, u.username, u.name, m.role
      from project_members m join users u on u.id = m.user_id where m.project_id = ${projectId}) m
    where ${after} ${window}`)

export const countMembers = (db: Connection, projectId: number): Promise<number> =>
  countOf(db, sql`select count(*) from project_members where project_id = ${projectId}`)

/** Somebody who is or may become a member; their account is held open until the transaction ends. */
export const findMember = async (tx: Connection, projectId: number, userId: number) => {
  const [row] = await tx.query<{
    username: string
    name: string
    is_active: boolean
    admin: boolean
    role: ProjectRole | null
  }>(sql`
    select u.username, u.name, u.is_active, u.role = 'admin' as admin,
      (select role from project_members where project_id = ${projectId} and user_id = u.id) as role
    from users u where u.id = ${userId} for key share of u`)
  return row
}

export const putMember = (tx: Connection, projectId: number, userId: number, role: ProjectRole, now: string) =>
  tx.query(sql`
    insert into project_members (project_id, user_id, role, created_at)
    values (${projectId}, ${userId}, ${role}, ${now})
    on conflict (project_id, user_id) do update set role = excluded.role`)

export const deleteMember = (tx: Connection, projectId: number, userId: number) =>
  tx.query(sql`delete from project_members where project_id = ${projectId} and user_id = ${userId}`)

/** The longest-standing owner other than the one who leaves; undefined if there is none. */
export const otherOwner = async (tx: Connection, projectId: number, userId: number): Promise<number | undefined> => {
  const [row] = await tx.query<{ user_id: number }>(sql`
    select user_id from project_members
    where project_id = ${projectId} and role = 'owner' and user_id <> ${userId}
    order by created_at, user_id limit 1`)
  return row?.user_id
}

export const projectStats = async (db: Connection, person: Person, now: string) => {
  const [projects] = await db.query<{ total: number; active: number; archived: number }>(sql`
    select count(*) as total, count(*) filter (where status = 'active') as active,
      count(*) filter (where status = 'archived') as archived
    from projects where id in (${readableBy(person)})`)
  const groups = await db.query<{
    status: string
    priority: number
    count: number
    overdue: number
    recent: number
  }>(sql`
    select status, priority, count(*),
      count(*) filter (where due_date < ${now} and status not in ('done', 'cancelled')) as overdue,
      count(*) filter (where completed_at > ${now}::timestamptz - interval '7 days') as recent
    from tasks where project_id is null or project_id in (${readableBy(person)}) group by 1, 2`)
  return { projects: projects!, groups }
}
