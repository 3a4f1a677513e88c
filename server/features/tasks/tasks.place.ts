import sql, { raw } from 'sql-template-tag'
import { inProject, type Tx } from '../../events/index.ts'
import type { Connection } from '../../kernel/database.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { present } from './tasks.present.ts'
import { findTask, positionStep, type ShownTask } from './tasks.queries.ts'

export interface Placing {
  before_id?: number | undefined
  after_id?: number | undefined
}

interface Spot {
  id: number
  position: number
}

/**
 * The position between two neighbours. `before_id` and `after_id` name tasks that the caller sees; with both, the spot
 * right after `after_id` is meant.
 *
 * @param self the task that is placed, which is not its own neighbour
 * @throws AppError `validation_error` on the field that names no such task
 */
export async function placeAt(tx: Tx, scope: Scope, { before_id, after_id }: Placing, self: number): Promise<number> {
  const field = after_id !== undefined ? 'after_id' : 'before_id'
  const beside = (after_id ?? before_id)!
  if (beside === self) throw invalid({ [field]: 'is the task itself' })
  const anchor = await findTask(tx, beside, scope.person.id)
  if (!anchor || !(anchor.readable || scope.person.role === 'admin'))
    throw invalid({ [field]: 'is not a task that you can see' })

  const other = await neighbour(tx, anchor, field === 'after_id' ? 'next' : 'previous', self)
  const [low, high] = field === 'after_id' ? [anchor, other] : [other, anchor]
  if (!high) return low!.position + positionStep
  if (!low) return high.position - positionStep
  const middle = (low.position + high.position) / 2
  if (middle > low.position && middle < high.position) return middle
  await spread(tx, scope, low, self)
  return placeAt(tx, scope, { before_id, after_id }, self)
}

const neighbour = async (db: Connection, { id, position }: Spot, way: 'next' | 'previous', self: number) => {
  const [ahead, order] = way === 'next' ? [raw('>'), raw('asc')] : [raw('<'), raw('desc')]
  const [row] = await db.query<Spot>(sql`
    select id, position from tasks where (position, id) ${ahead} (${position}::float8, ${id}::bigint) and id <> ${self}
    order by position ${order}, id ${order} limit 1`)
  return row
}

/** Doubles can be halved some fifty times; then the tasks above a spot move up to make room, and that is told like any change. */
async function spread(tx: Tx, scope: Scope, low: Spot, self: number): Promise<void> {
  for (const count of [64, 1_024, 16_384]) {
    const crowd = await tx.query<Spot>(sql`
      select id, position from tasks
      where (position, id) > (${low.position}::float8, ${low.id}::bigint) and id <> ${self}
      order by position, id limit ${count + 1}`)
    const ceiling = crowd.length > count ? crowd.pop()!.position : low.position + positionStep * (crowd.length + 1)
    const step = (ceiling - low.position) / (crowd.length + 1)
    if (step < 2 ** -20) continue
    const ids = crowd.map(({ id }) => id)
    await tx.query(sql`select from tasks where id = any(${ids}) order by id for update`)
    const moved = await tx.query<ShownTask>(sql`
      update tasks t set position = ${low.position}::float8 + ${step}::float8 * wanted.nth, version = version + 1,
        updated_at = greatest(t.updated_at, ${tx.now})
      from unnest(${ids}::bigint[]) with ordinality as wanted (id, nth)
      where t.id = wanted.id
      returning t.*, (select slug from projects where id = t.project_id) as project`)
    for (const row of moved) {
      const task = present(row, row.project)
      tx.record(
        'task_updated',
        { task_id: row.id, task, updated_by: scope.person.id, changed: ['position'] },
        inProject(row.project_id),
      )
    }
    return
  }
  throw new Error('no room could be made between two tasks')
}
