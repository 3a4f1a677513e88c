import type { ProjectRole, Visibility } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const projectsTable = defineTable('projects', {
  id: column.bigint().primary(),
  slug: column.text(),
  name: column.text(),
  description: column.text(),
  status: column.text<'active' | 'archived'>(),
  visibility: column.text<Visibility>(),
  owner_id: column.bigint(),
  version: column.integer(),
  created_at: column.time(),
  updated_at: column.time(),
})

export const projectMembersTable = defineTable('project_members', {
  project_id: column.bigint().primary(),
  user_id: column.bigint().primary(),
  role: column.text<ProjectRole>(),
  created_at: column.time(),
})
