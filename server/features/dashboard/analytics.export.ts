import sql, { join, type Sql } from 'sql-template-tag'
import { Analytics, type AnalyticsFilters, analyticsFilters } from '../../../contract/index.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { within } from '../../kernel/filters.ts'
import { readableFiles } from '../media/index.ts'
import { readablePosts } from '../posts/index.ts'
import { namedBy, shownSlug } from '../projects/index.ts'
import { readableTasks } from '../tasks/index.ts'
import { readableVideos } from '../videos/index.ts'

type Kind =
  'tasks_created' | 'tasks_completed' | 'comments_created' | 'files_uploaded' | 'posts_published' | 'videos_added'

/**
 * What happened on each day (UTC) in each project, counted over what the person may see now. What was deleted is not
 * counted.
 */
export const analyticsExport: ExportSource = {
  filters: analyticsFilters,
  columns: Object.keys(Analytics.shape),
  select: async (_db, person, { project, date_start, date_end }: AnalyticsFilters) => {
    const happened: Record<Kind, [at: Sql, projectId: Sql, from: Sql]> = {
      tasks_created: [sql`t.created_at`, sql`t.project_id`, sql`tasks t where ${readableTasks(person)}`],
      tasks_completed: [sql`t.completed_at`, sql`t.project_id`, sql`tasks t where ${readableTasks(person)}`],
      comments_created: [
        sql`c.created_at`,
        sql`t.project_id`,
        sql`comments c join tasks t on t.id = c.task_id where ${readableTasks(person)}`,
      ],
      files_uploaded: [sql`m.upload_date`, sql`m.project_id`, sql`media m where ${readableFiles(person)}`],
      posts_published: [sql`published_at`, sql`project_id`, sql`posts where ${readablePosts(person)}`],
      videos_added: [sql`created_at`, sql`project_id`, sql`videos where ${readableVideos(person)}`],
    }
    const kinds = Object.keys(happened) as Kind[]
    const all = kinds.map(kind => {
      const [at, projectId, from] = happened[kind]
      const conditions = [
        sql`${at} is not null`,
        ...within(at, date_start, date_end),
        ...(project ? [sql`${projectId} in (${namedBy(project, person)})`] : []),
      ]
      return sql`
        select date_trunc('day', ${at}) as day, ${projectId} as project_id, ${kind}::text as kind
        from ${from} and ${join(conditions, ' and ')}`
    })
    const counts = kinds.map(kind => sql`count(*) filter (where kind = ${kind})`)
    return {
      rows: sql`
        select to_char(day, 'YYYY-MM-DD') as date, ${shownSlug('p.')} as project, project_id, counts
        from (
          select day, project_id, json_build_array(${join(counts)}) as counts
          from (${join(all, ' union all ')}) happened group by day, project_id) counted
        left join projects p on p.id = project_id
        order by day, project_id nulls first`,
      present: ({ counts: counted, ...row }: { counts: number[] }) => ({
        ...row,
        ...Object.fromEntries(kinds.map((kind, nth) => [kind, counted[nth]])),
      }),
    }
  },
}
