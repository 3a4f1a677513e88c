import sql, { join, type Sql } from 'sql-template-tag'
import { type Connection, countOf } from '../ports/database.ts'
import type { LogEvent } from './event.ts'
import type { Readable } from './readable.ts'

/** How much is read at once: events, and bytes of their payloads. One event is always read, whatever its size. */
export interface Bounds {
  events: number
  bytes: number
}

export interface Piece {
  /** In the order of the log. */
  events: LogEvent[]
  /** No matching event up to this offset was left out. */
  readTo: number
}

const columns = sql`"offset", at, command, bulk, mutation_id, traceparent, event, scope, reach, payload, bytes`

/** Reads everything in (after, upTo], within bounds. */
export async function readRange(db: Connection, after: number, upTo: number, bounds: Bounds): Promise<Piece> {
  const all = sql`
    select ${columns} from event_log where "offset" > ${after} and "offset" <= ${upTo}
    order by "offset" limit ${bounds.events}`
  return pieceOf(await readWithin(db, all, bounds.bytes), upTo, bounds)
}

/** Reads the matching events in (after, upTo], within bounds. */
export async function readMatching(
  db: Connection,
  what: Readable,
  after: number,
  upTo: number,
  bounds: Bounds,
): Promise<Piece> {
  const found: Weighed[] = []
  const left = { ...bounds }
  for (const stretch of stretches(after, upTo, bounds.events)) {
    const more = await readWithin(db, matchingIn(what, stretch, left.events, columns), left.bytes)
    found.push(...more)
    left.events -= more.length
    left.bytes -= more.at(-1)?.total ?? 0
    if (left.events <= 0 || left.bytes <= 0) return { events: found, readTo: found.at(-1)!.offset }
  }
  return { events: found, readTo: upTo }
}

/** Finds the matching events in (after, upTo] without reading their payloads, and no more than `most`. */
export async function findMatching(
  db: Connection,
  what: Readable,
  after: number,
  upTo: number,
  most: number,
): Promise<{ events: Pick<LogEvent, 'offset' | 'event'>[]; readTo: number }> {
  const events: Pick<LogEvent, 'offset' | 'event'>[] = []
  for (const stretch of stretches(after, upTo, most)) {
    const whole = stretch.to - stretch.after <= mostScanned ? { ...what, tasksIn: 'every' as const } : what
    events.push(...(await db.query<(typeof events)[0]>(matchingIn(whole, stretch, most - events.length, placed))))
    if (events.length >= most) return { events, readTo: events.at(-1)!.offset }
  }
  return { events, readTo: upTo }
}

const placed = sql`"offset", event`
/** So few rows are read faster than the statement that looks them up scope by scope is planned. */
const mostScanned = 2_000

/** Those of the events at these offsets that match, in no order. */
export const readAmong = (db: Connection, { matching }: Readable, offsets: readonly number[]): Promise<LogEvent[]> =>
  db.query<LogEvent>(sql`
    select ${columns} from event_log where "offset" = any(${[...offsets]}::bigint[]) and (${matching})`)

/** Counts the matching events in (after, upTo]; stops at `most`. */
export async function countMatching(
  db: Connection,
  what: Readable,
  after: number,
  upTo: number,
  most: number,
): Promise<number> {
  let count = 0
  for (const stretch of stretches(after, upTo, most)) {
    const found = matchingIn(what, stretch, most - count, sql`"offset"`)
    count += await countOf(db, sql`select count(*) from (${found}) found`)
    if (count >= most) return most
  }
  return count
}

/** `total`: bytes of its payload and of those before it. */
type Weighed = LogEvent & { total: number }

/** Reads events in order until their payloads reach the limit; at least one. */
const readWithin = (db: Connection, events: Sql, bytes: number): Promise<Weighed[]> =>
  db.query<Weighed>(sql`
    select * from (
      select found.*, sum(bytes) over (order by "offset")::float8 as total from (${events}) found
    ) weighed
    where total - bytes < ${bytes} order by "offset"`)

function pieceOf(events: Weighed[], upTo: number, bounds: Bounds): Piece {
  const last = events.at(-1)
  const full = last && (events.length >= bounds.events || last.total >= bounds.bytes)
  return { events, readTo: full ? last.offset : upTo }
}

interface Stretch {
  after: number
  to: number
}

/**
 * Splits a range into stretches, each much longer than the one before. Where much matches, the first ones suffice and
 * are short; where little matches, few are needed. So no statement finds far more than is wanted.
 */
function* stretches(after: number, upTo: number, wanted: number): Generator<Stretch> {
  for (let from = after, length = wanted * 4; from < upTo; length *= 16) {
    const to = Math.min(upTo, from + length)
    yield { after: from, to }
    from = to
  }
}

/**
 * The matching events of a stretch, in order. They are looked up scope by scope, with an index of its own for each kind
 * of event, because events of tasks are by far the most frequent. Events that address persons independently of scopes
 * (`access_changed`, `project_deleted`) are looked up separately.
 */
function matchingIn(
  { matching, tasksIn, othersIn }: Readable,
  { after, to }: Stretch,
  limit: number,
  wanted: Sql,
): Sql {
  const where = sql`"offset" > ${after} and "offset" <= ${to} and (${matching})`
  const window = sql`order by "offset" limit ${limit}`
  if (tasksIn === 'every' || othersIn === 'every') return sql`select ${wanted} from event_log where ${where} ${window}`

  const inScopes = (scopes: [string, number][], kind: Sql) => sql`
    select found.* from unnest(${scopes.map(([scope]) => scope)}::text[], ${scopes.map(([, until]) => until)}::bigint[])
      as one (name, until)
    cross join lateral (
      select ${wanted} from event_log
      where scope = one.name and "offset" <= one.until and ${where} and ${kind} ${window}
    ) found`
  const parts = [sql`(select ${wanted} from event_log where ${where} and ${toPersons} ${window})`]
  const taskScopes = [...tasksIn].filter(([, until]) => until > after)
  if (taskScopes.length > 0) parts.push(inScopes(taskScopes, ofTasks))
  if (othersIn.size > 0)
    parts.push(
      inScopes(
        Array.from(othersIn, scope => [scope, to]),
        sql`not ${ofTasks} and not ${toPersons}`,
      ),
    )
  return sql`select * from (${join(parts, ' union all ')}) either ${window}`
}

// The same conditions as in the partial indexes (migrations/).
const ofTasks = sql`starts_with(event, 'task_')`
const toPersons = sql`(event in ('access_changed', 'project_deleted'))`
