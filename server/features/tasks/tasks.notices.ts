import type { Task } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { notify } from '../notifications/index.ts'

/** Notifies a person who has just been assigned a task. @param former the assignee before */
export async function notifyAssignee(tx: Tx, { person }: Scope, task: Task, former: number | null): Promise<void> {
  if (task.assignee_id === null || task.assignee_id === former) return
  await notify(tx, person.id, [
    {
      userId: task.assignee_id,
      type: 'assigned',
      message: `${person.name} assigned “${task.title}” to you`,
      data: { task_id: task.id, project: task.project, by: person.id },
    },
  ])
}
