import sql, { raw, type Sql } from 'sql-template-tag'
import { isSearch } from '../../contract/index.ts'

type ColumnType = 'text' | 'bigint' | 'smallint'

/** Conditions for the `where` of a list; a filter that is not given adds none. */
export type Conditions = Sql[]

/** The column has one of these values. */
export function oneOf(column: Sql, type: ColumnType, values: readonly unknown[] | undefined): Conditions {
  if (!values) return []
  // PostgreSQL makes better plans for one value than for a list of one value.
  if (values.length === 1) return [sql`${column} = ${values[0]}::${raw(type)}`]
  return [sql`${column} = any(${values}::${raw(type)}[])`]
}

/** The column's time is not before `start` and not after `end`. */
export const within = (column: Sql, start: string | undefined, end: string | undefined): Conditions => [
  ...(start ? [sql`${column} >= ${start}::timestamptz`] : []),
  ...(end ? [sql`${column} <= ${end}::timestamptz`] : []),
]

/** The column of folded words has all words of the search. A search without any word does not filter (rule FD3). */
export const found = (column: Sql, search: string | undefined): Conditions =>
  isSearch(search) ? [sql`${column} @@ search_query(${search})`] : []
