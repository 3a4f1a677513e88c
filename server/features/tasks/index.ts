import type { tasks } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createTaskBulk } from './tasks.bulk.ts'
import { createTaskList } from './tasks.list.ts'
import { createTaskService } from './tasks.service.ts'
import type { TaskDeps } from './tasks.deps.ts'

export { createDueNoticesCleanUp, createDueSoon } from './tasks.due-soon.ts'
export { taskExport } from './tasks.export.ts'
export { readableTasks } from './tasks.policy.ts'
export { findReadableTask } from './tasks.find.ts'
export { lockTask } from './tasks.lock.ts'
export { createTasksIn, insertTasks, newSortKey, newTaskIds } from './tasks.many.ts'
export { tasksPersonal } from './tasks.personal.ts'
export { unassignSome } from './tasks.erasing.ts'
export type { TaskRow } from './tasks.queries.ts'

/** Tasks, in projects and without. */
export const createTasks = (deps: TaskDeps): Handlers<typeof tasks> => ({
  ...createTaskService(deps),
  ...createTaskBulk(deps),
  ...createTaskList(deps),
})
