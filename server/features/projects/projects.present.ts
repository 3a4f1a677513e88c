import type { Project, ProjectRole } from '../../../contract/index.ts'
import type { ProjectRow } from './projects.queries.ts'

/** @param role the reader's; null in events, which many read */
export const present = (row: ProjectRow, role: ProjectRole | null): Project => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  status: row.status,
  visibility: row.visibility,
  owner_id: row.owner_id,
  role,
  version: row.version,
  created_at: row.created_at,
  updated_at: row.updated_at,
})
