import { generateKeyBetween } from 'fractional-indexing'
import sql, { raw, type Sql } from 'sql-template-tag'
import type { Tx } from '../../events/index.ts'
import type { Connection } from '../../ports/database.ts'
import { can } from '../../kernel/can.ts'
import { conflict, invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { seenIn } from '../projects/index.ts'
import { readTask } from './tasks.policy.ts'
import { findTask, sortKey } from './tasks.queries.ts'

export interface Placing {
  before_id?: number | undefined
  after_id?: number | undefined
}

/** A number on which all instances agree. */
const placingLock = 7_201_010

/**
 * A key grows by a character with about six tasks that are placed between the same two. People never produce a key this
 * long; an index takes at most 2,700 bytes.
 */
const longestKey = 400

/**
 * The sort key of a task between two neighbours. No other task is written, because a neighbour may be one that the
 * caller may not edit. `before_id` and `after_id` name tasks that the caller sees; with both, the place right after
 * `after_id` is meant. Only one command at a time places a task, so that no two get the same key: call it when all
 * other locks are held.
 *
 * @param self the task that is placed, which is not its own neighbour
 * @throws AppError `validation_error` on the field that names no such task, `conflict` when no key is left
 */
export async function placeAt(
  tx: Tx,
  scope: Scope,
  { before_id, after_id }: Placing,
  self: { id: number; position: string },
): Promise<string> {
  const field = after_id !== undefined ? 'after_id' : 'before_id'
  const beside = (after_id ?? before_id)!
  if (beside === self.id) throw invalid({ [field]: 'is the task itself' })
  await tx.query(sql`select pg_advisory_xact_lock(${placingLock})`)
  const anchor = await findTask(tx, beside, scope.person.id)
  if (!anchor || !can(scope, readTask, anchor)) throw invalid({ [field]: 'is not a task that you can see' })

  const way = field === 'after_id' ? 'next' : 'previous'
  const others = sql`id <> ${self.id}`
  const beyond = await neighbour(tx, anchor.position, way, others)
  const gap = between(anchor.position, beyond, way)
  const isThere = (gap[0] === null || gap[0] < self.position) && (gap[1] === null || self.position < gap[1])
  const key = isThere ? self.position : generateKeyBetween(...gap)
  if (key.length <= longestKey) return key
  // Tasks that the caller does not see may have used up the gap. For the caller a place beyond them is the same.
  const seen = await neighbour(tx, anchor.position, way, sql`${others} and ${seenIn(scope.person, sql`project_id`)}`)
  const before = seen === null ? await lastOf(tx, way) : await neighbour(tx, seen, opposite[way], others)
  const far = generateKeyBetween(...between(before, seen, way))
  if (far.length > longestKey) throw conflict('Too many tasks were placed here: place it elsewhere.')
  return far
}

type Way = 'next' | 'previous'
type Gap = [low: string | null, high: string | null]

const opposite = { next: 'previous', previous: 'next' } as const

const between = (from: string | null, to: string | null, way: Way): Gap => (way === 'next' ? [from, to] : [to, from])

/** The next different key, because there is no key between two equal ones; null at either end of the board. */
async function neighbour(db: Connection, key: string, way: Way, which: Sql): Promise<string | null> {
  const [beyond, order] = way === 'next' ? [raw('>'), raw('asc')] : [raw('<'), raw('desc')]
  const [row] = await db.query<{ key: string }>(sql`
    select ${sortKey} as key from tasks where ${sortKey} ${beyond} ${key} and ${which}
    order by ${sortKey} ${order}, id ${order} limit 1`)
  return row?.key ?? null
}

/** The key at the end of the board. */
async function lastOf(db: Connection, way: Way): Promise<string | null> {
  const order = way === 'next' ? raw('desc') : raw('asc')
  const [row] = await db.query<{ key: string }>(
    sql`select ${sortKey} as key from tasks order by ${sortKey} ${order} limit 1`,
  )
  return row?.key ?? null
}
