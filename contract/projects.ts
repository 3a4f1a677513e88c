import { z } from 'zod'
import { defineResource, standardEvents } from './define.ts'
import { limits } from './limits.ts'
import { anyOf, filledText, id, idInUrl, instant, listOf, paging, text, version } from './primitives.ts'

export const ProjectRole = z.enum(['owner', 'editor', 'viewer'])
export type ProjectRole = z.output<typeof ProjectRole>

export const Visibility = z.enum(['private', 'internal'])
export type Visibility = z.output<typeof Visibility>

export const ProjectStatus = z.enum(['active', 'archived'])

export const Project = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    status: ProjectStatus,
    visibility: Visibility,
    owner_id: id,
    /**
     * The caller's role; null for those who see the project without being a member, and in events, which many people
     * read.
     */
    role: ProjectRole.nullable(),
    version,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Project' })
export type Project = z.output<typeof Project>

export const Member = z
  .object({ user_id: id, username: z.string(), name: z.string(), role: ProjectRole })
  .meta({ id: 'Member' })
export type Member = z.output<typeof Member>

/** Never all digits, because paths and filters accept either the id or the slug of a project or a post. */
export const slug = z
  .string()
  .min(1)
  .max(limits.slug)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'may contain a-z, 0-9 and single dashes between them')
  .refine(value => !/^[0-9]+$/.test(value), 'must not be all digits')

/** A project in a path, a filter or a body: its id, or its slug among the projects that the caller sees. */
export const projectRef = text(limits.slug).min(1)
export const projectRefIn = z.union([projectRef, id.transform(String)])

const fields = {
  name: filledText(limits.projectName),
  slug,
  description: text(limits.projectDescription),
  status: ProjectStatus,
  visibility: Visibility,
}

/** What a list of projects can be narrowed to, as parameters. */
export const projectFilters = z.strictObject({
  status: anyOf(ProjectStatus).optional(),
  visibility: anyOf(Visibility).optional(),
  role: anyOf(ProjectRole).optional(),
  search: text(limits.search).optional(),
})
export type ProjectFilters = z.output<typeof projectFilters>

const one = z.strictObject({ id: projectRef })

export const projects = defineResource({
  name: 'project',
  topic: 'projects',
  isInActivity: true,
  events: {
    ...standardEvents('project', Project),
    project_member_added: z.object({ project_id: id, user_id: id, role: ProjectRole, added_by: id }),
    project_member_updated: z.object({ project_id: id, user_id: id, role: ProjectRole, updated_by: id }),
    project_member_removed: z.object({ project_id: id, user_id: id, removed_by: id }),
    /** To the person concerned, whatever rooms their sockets joined. */
    access_changed: z.object({ project_id: id, readable: z.boolean(), role: ProjectRole.nullable() }),
  },
  eventsOutsideTopic: ['access_changed'],
  endOfContents: 'project_deleted',
  operations: {
    list: {
      summary: 'Projects that the caller may see',
      access: 'user',
      method: 'get',
      path: '/projects',
      query: z.strictObject({
        ...paging,
        ...projectFilters.shape,
        sort: z
          .enum(['name', '-name', 'created_at', '-created_at', 'updated_at', '-updated_at'])
          .default('-created_at'),
      }),
      output: listOf(Project),
      positioned: true,
    },
    create: {
      summary: 'Create a project; the caller becomes its owner',
      access: 'user',
      method: 'post',
      path: '/projects',
      body: z.strictObject({
        name: fields.name,
        slug: fields.slug.optional(),
        description: fields.description.default(''),
        visibility: fields.visibility.default('private'),
      }),
      output: Project,
      status: 201,
      location: '/projects/:id',
      etag: true,
    },
    stats: {
      summary: 'Numbers of the things that the caller may see',
      access: 'user',
      method: 'get',
      path: '/projects/stats/summary',
      output: z.object({
        projects: z.object({ total: z.int(), active: z.int(), archived: z.int() }),
        tasks: z.object({
          total: z.int(),
          by_status: z.record(z.string(), z.int()),
          by_priority: z.record(z.string(), z.int()),
          overdue: z.int(),
          completed_last_7_days: z.int(),
        }),
      }),
    },
    get: {
      summary: 'One project',
      access: 'user',
      method: 'get',
      path: '/projects/:id',
      params: one,
      output: Project,
      etag: true,
      positioned: true,
      errors: ['conflict'],
    },
    replace: {
      summary: 'Set all fields of a project; absent ones to their defaults',
      access: 'user',
      method: 'put',
      path: '/projects/:id',
      params: one,
      body: z.strictObject({
        name: fields.name,
        slug: fields.slug.optional(),
        description: fields.description.default(''),
        status: fields.status.default('active'),
        visibility: fields.visibility.default('private'),
      }),
      output: Project,
      etag: true,
    },
    update: {
      summary: 'Change the fields that are given',
      access: 'user',
      method: 'patch',
      path: '/projects/:id',
      params: one,
      body: z.strictObject(fields).partial(),
      output: Project,
      etag: true,
    },
    delete: {
      summary: 'Delete a project and its tasks',
      access: 'user',
      method: 'delete',
      path: '/projects/:id',
      params: one,
      etag: true,
    },
    members: {
      summary: 'Members of a project',
      access: 'user',
      method: 'get',
      path: '/projects/:id/members',
      params: one,
      query: z.strictObject(paging),
      output: listOf(Member),
      positioned: true,
      errors: ['conflict'],
    },
    setMember: {
      summary: 'Add a person to a project, or change their role',
      access: 'user',
      method: 'put',
      path: '/projects/:id/members/:user_id',
      params: z.strictObject({ id: projectRef, user_id: idInUrl }),
      body: z.strictObject({ role: ProjectRole }),
      output: Member,
    },
    removeMember: {
      summary: 'Remove a person from a project, or leave it',
      access: 'user',
      method: 'delete',
      path: '/projects/:id/members/:user_id',
      params: z.strictObject({ id: projectRef, user_id: idInUrl }),
    },
  },
})
