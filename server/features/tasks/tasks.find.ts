import type { Connection } from '../../ports/database.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { findTask, type ShownTask } from './tasks.queries.ts'

/**
 * A task that the caller may read, or a part of it. @throws AppError `not_found`: a task that the caller may not see
 * counts as not found
 */
export async function findReadableTask(db: Connection, { person }: Scope, id: number): Promise<ShownTask> {
  const task = await findTask(db, id, person.id)
  if (!task || !(task.readable || person.role === 'admin')) throw notFound()
  return task
}
