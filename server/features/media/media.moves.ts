import { inProject, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Present } from './media.present.ts'
import { filesOfTasks } from './media.queries.ts'

/**
 * Tells of the files of tasks that have just moved, in the same transaction: they are gone where they were and there
 * where they are, both with the version that they have now. One statement, however many.
 *
 * @param present how a file is told of
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
