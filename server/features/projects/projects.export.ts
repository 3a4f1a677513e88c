import sql from 'sql-template-tag'
import { Project, type ProjectFilters, projectFilters } from '../../../contract/index.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { matching } from './projects.list.ts'
import { present } from './projects.present.ts'
import type { SeenProject } from './projects.policy.ts'
import { projectsWithRole } from './projects.queries.ts'

/** Projects by their ids, each with the role of the person in it. */
export const projectExport: ExportSource = {
  filters: projectFilters,
  columns: Object.keys(Project.shape),
  select: async (_db, person, filters: ProjectFilters) => {
    const found = sql`${projectsWithRole(person.id)} where ${matching(filters, person)}`
    return {
      rows: sql`select * from ${found} order by id`,
      count: sql`select count(*) from ${found}`,
      present: (row: SeenProject) => present(row, row.role),
    }
  },
}
