import sql from 'sql-template-tag'
import type { TaskSortKey, tasks } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { type Order, pageOf } from '../../kernel/paging.ts'
import { createSearching } from '../../kernel/searching.ts'
import type { TaskDeps } from './index.ts'
import { applied, chooseProjects, matching } from './tasks.filters.ts'
import { present } from './tasks.present.ts'
import { countRanked, countTasks, listRanked, listTasks, type ShownTask } from './tasks.queries.ts'

type Operations = Pick<Handlers<typeof tasks>, 'list'>

/** Filtered, sorted, a page at a time. */
export function createTaskList({ database }: TaskDeps): Operations {
  const read = createSearching(database, 6)

  return {
    list: async (scope, { page, page_size, cursor, sort, ...filters }) => {
      const projects = filters.project ? await chooseProjects(database, scope, filters.project) : null
      const where = matching(filters, projects, scope)
      const [list, count] = sort.endsWith('relevance') ? [listRanked, countRanked] : [listTasks, countTasks]
      const found = await read(filters.search, db =>
        pageOf(
          { page, page_size, cursor },
          [sort, filters],
          orderBy(sort, filters.search),
          ({ after, window }) => list(db, sql`${where} and ${after}`, window),
          () => count(db, where),
        ),
      )
      return {
        ...found,
        results: found.results.map(row => present(row, row.project)),
        filters_applied: applied(filters, projects),
      }
    },
  }
}

type SortKey = Exclude<TaskSortKey, 'relevance'>

const columns: Record<SortKey, Pick<Order<ShownTask>, 'column' | 'type' | 'nullable'>> = {
  due_date: { column: sql`due_date`, type: 'timestamptz', nullable: true },
  priority: { column: sql`priority`, type: 'int4', nullable: false },
  created_at: { column: sql`created_at`, type: 'timestamptz', nullable: false },
  updated_at: { column: sql`updated_at`, type: 'timestamptz', nullable: false },
  position: { column: sql`position`, type: 'float8', nullable: false },
}

function orderBy(sort: string, search: string | undefined): Order<ShownTask> {
  const descending = sort.startsWith('-')
  const key = sort.replace('-', '') as TaskSortKey
  if (key === 'relevance') {
    // The most relevant come first with `relevance` and last with `-relevance`; it has no cursor.
    const column = sql`ts_rank(search, search_query(${search ?? ''}))`
    return {
      column,
      type: 'float8',
      nullable: false,
      descending: !descending,
      position: row => ({ value: 0, tie: row.id }),
    }
  }
  return { ...columns[key], descending, position: row => ({ value: row[key], tie: row.id }) }
}
