import sql from 'sql-template-tag'
import { Task, type TaskFilters, taskFilters } from '../../../contract/index.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { shownSlug } from '../projects/index.ts'
import { chooseProjects, matching } from './tasks.filters.ts'
import { present } from './tasks.present.ts'
import { type ShownTask, sortKeyIn, taskColumns } from './tasks.queries.ts'

/**
 * Tasks in the order of the board, so that an import of the file makes the same board. The user name of the assignee is
 * by what an import finds people.
 */
export const taskExport: ExportSource = {
  filters: taskFilters,
  columns: [...Object.keys(Task.shape), 'assignee'],
  select: async (db, person, filters: TaskFilters) => {
    const projects = filters.project ? await chooseProjects(db, { person }, filters.project) : null
    const where = matching(filters, projects, { person })
    return {
      rows: sql`
        select ${taskColumns}, ${shownSlug('p.')} as project, u.username as assignee
        from tasks t left join projects p on p.id = t.project_id left join users u on u.id = t.assignee_id
        where ${where} order by ${sortKeyIn('t.')}, t.id`,
      count: sql`select count(*) from tasks t where ${where}`,
      present: (row: ShownTask & { assignee: string | null }) => ({
        ...present(row, row.project),
        assignee: row.assignee,
      }),
    }
  },
}
