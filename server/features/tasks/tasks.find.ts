import type { Connection } from '../../ports/database.ts'
import { allowedTo } from '../../kernel/can.ts'
import type { Scope } from '../../kernel/scope.ts'
import { readTask } from './tasks.policy.ts'
import { findTask, type ShownTask } from './tasks.queries.ts'

/**
 * A task that the caller may read, or a part of it. @throws AppError `not_found`: a task that the caller may not see
 * counts as not found
 */
export async function findReadableTask(db: Connection, scope: Scope, id: number): Promise<ShownTask> {
  return allowedTo(scope, readTask, await findTask(db, id, scope.person.id))
}
