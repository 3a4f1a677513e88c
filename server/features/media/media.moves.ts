import { inProject, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Present } from './media.present.ts'
import { filesOfTasks } from './media.queries.ts'

/**
 * Records events for the files of tasks that have just moved, in the same transaction: each file is deleted in the old
 * project and created in the new one, both with its present version. One statement for any number.
 *
 * @param present the form of a file in events
 * @param from the project that each task left, by the task's id
 */
export const createRecordMoved =
  (present: Present) =>
  async (tx: Tx, { person }: Scope, from: ReadonlyMap<number, number | null>): Promise<void> => {
    if (from.size === 0) return
    for (const row of await filesOfTasks(tx, [...from.keys()])) {
      const { id, version, project_id, task_id } = row
      tx.record(
        'media_deleted',
        { media_id: id, version, deleted_by: person.id },
        inProject(from.get(task_id!) ?? null),
      )
      tx.record('media_created', { media: present(row), created_by: person.id }, inProject(project_id))
    }
  }
