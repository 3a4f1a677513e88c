import sql, { type Sql } from 'sql-template-tag'
import { isSearch, type TaskSortKey, type tasks } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { type Order, orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import { createSearching } from '../../kernel/searching.ts'
import type { Connection } from '../../ports/database.ts'
import type { TaskDeps } from './tasks.deps.ts'
import { applied, chooseProjects, matching } from './tasks.filters.ts'
import { present } from './tasks.present.ts'
import {
  countRanked,
  countTasks,
  listCounted,
  listRanked,
  listTasks,
  type ShownTask,
  sortKey,
} from './tasks.queries.ts'

type Operations = Pick<Handlers<typeof tasks>, 'list'>

/** Filtered, sorted, one page at a time. */
export function createTaskList({ database }: TaskDeps): Operations {
  const read = createSearching(database, 4)

  return {
    list: async (scope, { page, page_size, cursor, count_limit, sort, ...filters }) => {
      const projects = filters.project ? await chooseProjects(database, scope, filters.project) : null
      const where = matching(filters, projects, scope)
      const { list, count } = waysTo(sort, filters.search, cursor)
      const found = await read(scope.person.id, filters.search, db =>
        pageOf(
          { page, page_size, cursor, count_limit },
          [sort, filters],
          orderBy(sort, filters.search),
          ({ after, window }) => list(db, sql`${where} and ${after}`, window),
          (fetched, upTo) => count(db, where, fetched, upTo),
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

interface Ways {
  list: (db: Connection, where: Sql, window: Sql) => Promise<ShownTask[]>
  count: (db: Connection, where: Sql, fetched: Promise<ShownTask[]>, upTo: number | undefined) => Promise<number>
}

/** Which statements read and count a list. */
function waysTo(sort: string, search: string | undefined, cursor: string | undefined): Ways {
  if (sort.endsWith('relevance')) return { list: listRanked, count: countRanked }
  return isSearch(search) && cursor === undefined
    ? { list: listCounted, count: countOfPage }
    : { list: listTasks, count: (db, where, _, upTo) => countTasks(db, where, upTo) }
}

/** A page without rows, after the last one, cannot say how many there are. */
const countOfPage: Ways['count'] = async (db, where, fetched, upTo) => {
  const [first] = (await fetched) as Awaited<ReturnType<typeof listCounted>>
  return first?.total ?? countTasks(db, where, upTo)
}

type SortKey = Exclude<TaskSortKey, 'relevance'>

const columns: Record<SortKey, Sortable> = {
  due_date: { column: sql`due_date`, type: 'timestamptz', nullable: true },
  priority: { column: sql`priority`, type: 'int4' },
  created_at: { column: sql`created_at`, type: 'timestamptz' },
  updated_at: { column: sql`updated_at`, type: 'timestamptz' },
  position: { column: sql`${sortKey}`, type: 'text' },
}

function orderBy(sort: string, search: string | undefined): Order<ShownTask> {
  if (!sort.endsWith('relevance')) return orderFor(columns, sort)
  return {
    column: sql`ts_rank(search, search_query(${search ?? ''}))`,
    type: 'float8',
    nullable: false,
    // The most relevant tasks come first with `relevance` and last with `-relevance`; this order has no cursor.
    descending: !sort.startsWith('-'),
    position: row => ({ value: 0, tie: row.id }),
  }
}
