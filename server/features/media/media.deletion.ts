import sql from 'sql-template-tag'
import { inProject, type Tx } from '../../events/index.ts'
import { RetryableError } from '../../ports/database.ts'
import { assertCan } from '../../kernel/can.ts'
import { notFound, unavailable, versionConflict } from '../../kernel/errors.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { lockProjects, projectAmong } from '../projects/index.ts'
import type { MediaDeps } from './media.deps.ts'
import { deleteMedia as deletion, readableOne } from './media.policy.ts'
import type { Present } from './media.present.ts'
import { deleteMedia, lockMedia, projectOfMedia } from './media.queries.ts'

/** The limit per call. Each step removes the file from as many posts as fit into one transaction. */
const mostSteps = 10

class StillInUse extends Error {}

/**
 * Deletes the row of a file and removes the file from all posts, in one transaction, or in several when there are very
 * many posts. A refusal would reveal drafts that the caller does not see, and a person who puts a file into enough
 * drafts could prevent its deletion.
 */
export function createDeletion({ command, letGo, present }: Pick<MediaDeps, 'command' | 'letGo' | 'present'>) {
  const deleteAll = (scope: Scope, id: number, goesOn: boolean) =>
    command({ ...scope, goesOn }, async tx => {
      const file = await lockForDeletion(tx, scope, id, present)
      if (!(await letGo(tx, scope, id))) throw new StillInUse()
      // A trigger on the row also records that the file has to be removed.
      await deleteMedia(tx, id)
      const deleted = { media_id: id, version: file.version + 1, deleted_by: scope.person.id }
      tx.record('media_deleted', deleted, inProject(file.project_id))
      return file.filename
    })

  /** Without the idempotency key, whose kept answer belongs to the deletion. */
  const takeOutOfSome = (scope: Scope, id: number) => {
    const { idempotency: _, ...withoutKey } = scope
    return command({ ...withoutKey, goesOn: true }, async tx => {
      await lockForDeletion(tx, scope, id, present)
      await letGo(tx, scope, id)
    })
  }

  /** @returns the name of the file, which is to be removed; what a step has done stays done when a later one fails */
  return async (scope: Scope, id: number): Promise<string | undefined> => {
    for (let step = 0; step < mostSteps; step++) {
      try {
        return await deleteAll(scope, id, step > 0)
      } catch (error) {
        if (!(error instanceof StillInUse)) throw error
        await takeOutOfSome(scope, id)
      }
    }
    throw unavailable()
  }
}

/** @throws AppError when the caller may not delete it, or has not seen its present version */
async function lockForDeletion(tx: Tx, scope: Scope, id: number, present: Present) {
  const { file, project } = await lockFile(tx, scope, id)
  assertCan(scope, deletion, { file, project })
  if (isStale(scope, file.version)) throw versionConflict(present(file))
  return file
}

/** Locks the file and its project, in the usual order. */
async function lockFile(tx: Tx, scope: Scope, id: number) {
  const place = await projectOfMedia(tx, id, readableOne(scope.person))
  if (!place) throw notFound()
  const projects = await lockProjects(tx, scope, sql`p.id = ${place.project_id}`)
  const file = await lockMedia(tx, id)
  if (!file) throw notFound()
  if (file.project_id !== place.project_id) throw new RetryableError('a file moved with its task meanwhile')
  return { file, project: projectAmong(projects, file.project_id) }
}
