import sql from 'sql-template-tag'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { recordUpdate } from './tasks.changes.ts'
import { lockTasks } from './tasks.lock.ts'
import { updateTasks } from './tasks.queries.ts'

/** Each event holds a whole task. */
const most = 50

/** Takes some tasks from a person who leaves for good, wherever they are. @returns whether there may be more */
export async function unassignSome(tx: Tx, scope: Scope): Promise<boolean> {
  const { id } = scope.person
  const found = await tx.query<{ id: number }>(
    sql`select id from tasks where assignee_id = ${id} order by id limit ${most}`,
  )
  // The person may not see all of them any more.
  const everywhere: Scope = { ...scope, person: { ...scope.person, role: 'admin' } }
  const held = await lockTasks(
    tx,
    everywhere,
    found.map(task => task.id),
  )
  const theirs = new Map(held.tasks.filter(task => task.assignee_id === id).map(task => [task.id, task]))
  if (theirs.size > 0) {
    tx.asBulk()
    for (const row of await updateTasks(tx, [...theirs.keys()], { assignee_id: null }, id, tx.now))
      recordUpdate(tx, scope, theirs.get(row.id)!, row, held.projectOf(row)?.slug ?? null, ['assignee_id'])
  }
  await tx.query(sql`delete from due_notices where user_id = ${id}`)
  return found.length === most
}
