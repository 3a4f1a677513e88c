import assert from 'node:assert/strict'
import { permissionOfEvent } from '../../contract/index.ts'
import { concerns, isIn, type Row } from '../fuzz/oracle.ts'
import { type Message, messageOf } from './message.ts'
import type { Follower } from './follower.ts'
import type { Stage } from './stage.ts'

export interface LoggedRow extends Row {
  at: string
  mutation_id: string | null
  bytes: number
}

/** The whole log, once everything that was committed is in it: the truth that every client is compared with. */
export async function readWholeLog(stage: Pick<Stage, 'query'>): Promise<LoggedRow[]> {
  const rows = await stage.query<LoggedRow>(`
    select "offset"::float8 as "offset", to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
      command::float8 as command, bulk, mutation_id, event, scope, reach, payload, bytes
    from event_log order by "offset"`)
  const gap = rows.findIndex((row, nth) => nth > 0 && row.offset !== rows[nth - 1]!.offset + 1)
  assert.equal(gap, -1, `the log is not dense at ${rows[gap]?.offset}`)
  return rows
}

type Received = Pick<Message, 'name' | 'offset' | 'digest' | 'early'>

/**
 * The messages that a client with constant rights must have received: `readable` says which projects its person may read.
 * A bulk operation is one message for a client with bulk.
 */
export function owedTo(follower: Follower, log: LoggedRow[], readable: 'all' | ReadonlySet<number>): Received[] {
  const { id } = follower.session.visitor.person
  const mayRead = (row: LoggedRow) =>
    row.scope.startsWith('u')
      ? row.scope === `u${id}`
      : row.scope === 'admins'
        ? readable === 'all'
        : row.scope === 'all' || readable === 'all' || readable.has(Number(row.scope.slice(1)))
  const { permissions } = follower
  const mayGet = (row: LoggedRow) => {
    const permission = permissionOfEvent(row.event)
    return permissions === undefined || permission === null || permissions.has(permission)
  }
  const rows = log.filter(
    row =>
      row.offset > follower.startedAt &&
      mayGet(row) &&
      (concerns(row, id) || (mayRead(row) && [...follower.rooms].some(room => isIn(row, room)))),
  )
  return follower.bulk ? [...inBulk(rows, new Set(follower.got.map(({ offset }) => offset)))] : rows.map(single)
}

const place = (row: LoggedRow) => ({
  offset: row.offset,
  at: row.at,
  ...(row.mutation_id !== null && { mutation_id: row.mutation_id }),
})
/** Cached, because many clients need the same ones. */
const singles = new WeakMap<LoggedRow, Received>()
function single(row: LoggedRow): Received {
  const made = singles.get(row) ?? messageOf(row.event, { ...row.payload, ...place(row) })
  singles.set(row, made)
  return made
}

/** Larger bulk operations are several messages: the cuts depend on how the log was read, so they are taken from the received messages. */
const largeBytes = 1024 * 1024

function* inBulk(rows: LoggedRow[], heard: ReadonlySet<number>): Generator<Received> {
  const merges = ({ bulk, event }: LoggedRow) => bulk && (event === 'task_updated' || event === 'task_deleted')
  for (let nth = 0; nth < rows.length;) {
    const first = rows[nth]!
    let end = nth + 1
    let bytes = first.bytes
    const isCut = () => bytes >= largeBytes / 2 && heard.has(rows[end - 1]!.offset)
    if (merges(first))
      while (rows[end]?.command === first.command && rows[end]?.event === first.event && rows[end]?.bulk && !isCut())
        bytes += rows[end++]!.bytes
    yield merges(first) ? bulkOf(rows.slice(nth, end)) : single(first)
    nth = end
  }
}

function bulkOf(rows: LoggedRow[]): Received {
  const last = rows.at(-1)!
  const payloads = rows.map(({ payload }) => payload)
  const content =
    last.event === 'task_updated'
      ? { tasks: payloads.map(({ task }) => task), updated_by: last.payload.updated_by }
      : { task_ids: payloads.map(({ task_id }) => task_id), deleted_by: last.payload.deleted_by }
  return messageOf(last.event === 'task_updated' ? 'tasks_bulk_updated' : 'tasks_bulk_deleted', {
    ...content,
    first_offset: rows[0]!.offset,
    ...place(last),
  })
}

export interface Difference {
  lost: number[]
  doubled: number[]
  disordered: number[]
  /** Not expected, or different from the log. */
  strange: number[]
}

/** The differences between received and expected messages, by offset. */
export function compare(got: readonly Received[], owed: readonly Received[]): Difference {
  const key = ({ name, offset, digest }: Received) => `${offset} ${name} ${digest}`
  const wanted = new Set(owed.map(key))
  const had = new Set<string>()
  const early = new Set<string>()
  const difference: Difference = { lost: [], doubled: [], disordered: [], strange: [] }
  let highest = 0
  for (const message of got) {
    if (had.has(key(message)) && !early.has(key(message))) difference.doubled.push(message.offset)
    else if (message.offset <= highest && !message.early && !early.has(key(message)))
      difference.disordered.push(message.offset)
    if (!wanted.has(key(message))) difference.strange.push(message.offset)
    had.add(key(message))
    if (message.early) early.add(key(message))
    else highest = Math.max(highest, message.offset)
  }
  difference.lost = owed.filter(message => !had.has(key(message))).map(({ offset }) => offset)
  return difference
}

/** A short text: how many differences of each kind, and the first ones. */
export const summary = (difference: Difference): string =>
  Object.entries(difference)
    .filter(([, offsets]) => offsets.length > 0)
    .map(([what, offsets]) => `${offsets.length} ${what} (${offsets.slice(0, 5).join(', ')})`)
    .join('; ')

export const isClean = (difference: Difference): boolean =>
  Object.values(difference).every((offsets: number[]) => offsets.length === 0)
