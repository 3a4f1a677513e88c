import sql, { join } from 'sql-template-tag'
import { Video, type VideoFilters, videoFilters } from '../../../contract/index.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { matching } from './videos.list.ts'
import { readable } from './videos.policy.ts'
import { videoColumns } from './videos.queries.ts'

/** Videos by their ids. */
export const videoExport: ExportSource = {
  filters: videoFilters,
  columns: Object.keys(Video.shape),
  select: async (_db, person, filters: VideoFilters) => {
    const where = join([readable(person), ...matching(filters, person)], ' and ')
    return {
      rows: sql`select ${videoColumns} from videos where ${where} order by id`,
      count: sql`select count(*) from videos where ${where}`,
      present: (row: Video) => row,
    }
  },
}
