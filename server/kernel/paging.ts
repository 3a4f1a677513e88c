import { createHash } from 'node:crypto'
import sql, { type Sql, empty } from 'sql-template-tag'
import { z } from 'zod'
import { invalid } from './errors.ts'

export interface PageInput {
  page?: number | undefined
  page_size: number
  cursor?: string | undefined
  /** How far a list is counted at most; without it to the end. */
  count_limit?: number | undefined
}

/**
 * `next` and `previous` leave a service as the one changed parameter, `page=3` or `cursor=…`. The REST face makes
 * addresses of them, because only it knows the address of the request.
 */
export interface Page<T> {
  count?: number
  /** There are more than `count` says, which ends at `count_limit`. */
  count_limited?: true
  next: string | null
  previous: string | null
  results: T[]
}

/** The order of a list. Ties are ordered by id in the same direction; nulls come last in both directions. */
export interface Order<Row> {
  column: Sql
  /** PostgreSQL's name of the column's type; the value in a cursor is cast to it. */
  type: 'timestamptz' | 'float8' | 'int4' | 'int8' | 'text'
  nullable: boolean
  descending: boolean
  /** The column that breaks ties; `id` by default. */
  tie?: { column: Sql; type: 'int8' | 'uuid' }
  position: (row: Row) => { value: string | number | null; tie: string | number }
}

/** A column that a list may be sorted by, and whether it can be null. */
export type Sortable = Pick<Order<never>, 'column' | 'type'> & { nullable?: boolean }

/**
 * The order that the parameter `sort` of a list names: the key of a column, with a minus in front for descending order.
 */
export function orderFor<Key extends string, Row extends Record<Key, string | number | null> & { id: number }>(
  columns: Record<Key, Sortable>,
  sort: string,
): Order<Row> {
  const key = sort.replace('-', '') as Key
  return {
    nullable: false,
    ...columns[key],
    descending: sort.startsWith('-'),
    position: row => ({ value: row[key], tie: row.id }),
  }
}

/** The values in the order of the query, the last one first. */
export const newestFirst: Order<{ id: number }> = orderFor({ id: { column: sql`id`, type: 'int8' } }, '-id')

/** The clauses of one page, for the statement of the list. */
export interface Clauses {
  /** A condition, to be combined with the filters by AND. */
  after: Sql
  /** `order by … limit … offset …` */
  window: Sql
}

const Cursor = z.tuple([
  z.enum(['n', 'p']),
  z.string(),
  z.union([z.string(), z.number(), z.null()]),
  z.union([z.string(), z.number()]),
])

/**
 * One page of a list, by number (with a count) or by keyset cursor (without one).
 *
 * @param belongs what a cursor is bound to: the sort and the filters; with others it is refused
 * @param fetch runs the list's statement with the given clauses
 * @param count counts the list, up to a number if one is given; called only for numbered pages, at the same time as
 *   `fetch`, with the promise of its rows
 * @throws AppError `validation_error` on `cursor`
 */
export async function pageOf<Row>(
  input: PageInput,
  belongs: unknown,
  order: Order<Row>,
  fetch: (clauses: Clauses) => Promise<Row[]>,
  count: (fetched: Promise<Row[]>, upTo: number | undefined) => Promise<number>,
): Promise<Page<Row>> {
  if (input.cursor !== undefined) return keysetPage({ ...input, cursor: input.cursor }, belongs, order, fetch)
  const page = input.page ?? 1
  const skipped = (page - 1) * input.page_size
  const window = sql`${orderBy(order, false)} limit ${input.page_size} offset ${skipped}`
  const fetched = fetch({ after: sql`true`, window })
  const { count_limit: most = Infinity } = input
  // To the row after the page in any case, because it says whether there is a next page.
  const upTo = most === Infinity ? undefined : Math.max(most, skipped + input.page_size) + 1
  const [results, total] = await Promise.all([fetched, count(fetched, upTo)])
  return {
    count: Math.min(total, most),
    ...(total > most && { count_limited: true }),
    next: skipped + results.length < total && results.length > 0 ? `page=${page + 1}` : null,
    previous: page > 1 ? `page=${page - 1}` : null,
    results,
  }
}

async function keysetPage<Row>(
  input: PageInput & { cursor: string },
  belongs: unknown,
  order: Order<Row>,
  fetch: (clauses: Clauses) => Promise<Row[]>,
): Promise<Page<Row>> {
  if (input.page !== undefined) throw invalid({ cursor: 'cannot be combined with page' })
  if (input.count_limit !== undefined) throw invalid({ count_limit: 'cannot be combined with cursor' })
  const seal = createHash('sha256').update(JSON.stringify(belongs)).digest('base64url').slice(0, 16)
  const from = input.cursor === '' ? null : readCursor(input.cursor, seal, order)
  const backwards = from?.backwards ?? false
  const window = sql`${orderBy(order, backwards)} limit ${input.page_size + 1}`
  const rows = await fetch({ after: from ? beyond(order, from) : sql`true`, window })
  const more = rows.length > input.page_size
  const results = rows.slice(0, input.page_size)
  if (backwards) results.reverse()

  const cursorAt = (row: Row | undefined, way: 'n' | 'p') => {
    if (!row) return null
    const { value, tie } = order.position(row)
    return `cursor=${Buffer.from(JSON.stringify([way, seal, value, tie])).toString('base64url')}`
  }
  return {
    next: more || backwards ? cursorAt(results.at(-1), 'n') : null,
    previous: from && (more || !backwards) ? cursorAt(results[0], 'p') : null,
    results,
  }
}

interface Position {
  backwards: boolean
  value: string | number | null
  tie: string | number
}

/**
 * The position of the cursor, if it belongs to this list with this sort and these filters. The REST face has signed it;
 * nevertheless the database gets only values of the column's type.
 */
function readCursor<Row>(cursor: string, seal: string, order: Order<Row>): Position {
  try {
    const [way, sealed, value, tie] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    const fits = value === null ? order.nullable : typeOf[order.type](value)
    if (sealed === seal && fits && typeOf[order.tie?.type ?? 'int8'](tie)) return { backwards: way === 'p', value, tie }
  } catch {
    // Falls through: the cursor is not one of ours.
  }
  throw invalid({ cursor: 'is not a cursor of this list with this sort and these filters' })
}

const typeOf = {
  timestamptz: (value: unknown) =>
    z.iso.datetime({ precision: 3 }).safeParse(value).success && !String(value).startsWith('0000'),
  float8: (value: unknown) => typeof value === 'number',
  int4: (value: unknown) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  int8: (value: unknown) => Number.isSafeInteger(value),
  text: (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
  uuid: (value: unknown) => z.uuid().safeParse(value).success,
}

const words = {
  up: sql`asc`,
  down: sql`desc`,
  last: sql`nulls last`,
  first: sql`nulls first`,
  more: sql`>`,
  less: sql`<`,
}

const cast = {
  timestamptz: sql`timestamptz`,
  float8: sql`float8`,
  int4: sql`int4`,
  int8: sql`int8`,
  text: sql`text`,
  uuid: sql`uuid`,
}

const tieOf = <Row>(order: Order<Row>) => order.tie ?? { column: sql`id`, type: 'int8' as const }

function orderBy<Row>(order: Order<Row>, backwards: boolean): Sql {
  const way = order.descending === backwards ? words.up : words.down
  const nulls = order.nullable ? (backwards ? words.first : words.last) : empty
  return sql`order by ${order.column} ${way} ${nulls}, ${tieOf(order).column} ${way}`
}

function beyond<Row>(order: Order<Row>, { value, tie, backwards }: Position): Sql {
  const { column } = order
  const by = tieOf(order)
  const ahead = order.descending === backwards ? words.more : words.less
  const tied = sql`${by.column} ${ahead} ${tie}::${cast[by.type]}`
  if (value === null) return backwards ? sql`(${column} is not null or ${tied})` : sql`(${column} is null and ${tied})`
  const mark = sql`${value}::${cast[order.type]}`
  // A row comparison can use the index; the long form is only for columns that can be null.
  if (!order.nullable) return sql`(${column}, ${by.column}) ${ahead} (${mark}, ${tie}::${cast[by.type]})`
  const strictly = sql`${column} ${ahead} ${mark} or (${column} = ${mark} and ${tied})`
  return backwards ? sql`(${strictly})` : sql`(${strictly} or ${column} is null)`
}
