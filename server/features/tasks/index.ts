import type { tasks } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createTaskBulk } from './tasks.bulk.ts'
import { createTaskList } from './tasks.list.ts'
import { createTaskService } from './tasks.service.ts'

export { createDueNoticesCleanUp, createDueSoon } from './tasks.due-soon.ts'
export { findReadableTask } from './tasks.find.ts'
export { holdTask } from './tasks.hold.ts'
export { createTasksIn, insertTasks, newSortKey, newTaskIds } from './tasks.many.ts'
export type { TaskRow } from './tasks.queries.ts'

export interface TaskDeps {
  database: Database
  command: Command
  /** Tells of what goes with tasks that have just moved; `from`: the project that each left. In the same transaction. */
  tellFollowing: (tx: Tx, scope: Scope, from: ReadonlyMap<number, number | null>) => Promise<void>
}

/** Tasks, in projects and without. */
export const createTasks = (deps: TaskDeps): Handlers<typeof tasks> => ({
  ...createTaskService(deps),
  ...createTaskBulk(deps),
  ...createTaskList(deps),
})
