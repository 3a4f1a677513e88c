import type { Connection } from '../../ports/database.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { findTask, type ShownTask } from './tasks.queries.ts'

/** A task for somebody who reads it, or something of it. @throws AppError `not_found`: an unseen task is as none */
export async function findReadableTask(db: Connection, { person }: Scope, id: number): Promise<ShownTask> {
  const task = await findTask(db, id, person.id)
  if (!task || !(task.readable || person.role === 'admin')) throw notFound()
  return task
}
