import sql from 'sql-template-tag'
import { inProject, type Tx } from '../../events/index.ts'
import { RetryableError } from '../../ports/database.ts'
import { notFound, unavailable, versionConflict } from '../../kernel/errors.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { lockProjects, projectAmong } from '../projects/index.ts'
import type { MediaDeps } from './media.deps.ts'
import { assertDelete, readableOne } from './media.policy.ts'
import type { Present } from './media.present.ts'
import { deleteMedia, lockMedia, projectOfMedia } from './media.queries.ts'

/** Of one call; in each the file is taken out of as many posts as fit into one transaction. */
const mostSteps = 10

class StillInUse extends Error {}

/**
 * Deletes the row of a file and takes it out of all posts, in one transaction, or in several where there are very many
 * posts. To refuse would tell of drafts that the caller does not see, and whoever puts a file into enough drafts would
 * keep it from being deleted.
 */
export function createDeletion({ command, letGo, present }: Pick<MediaDeps, 'command' | 'letGo' | 'present'>) {
  const deleteAll = (scope: Scope, id: number, goesOn: boolean) =>
    command({ ...scope, goesOn }, async tx => {
      const file = await lockForDeletion(tx, scope, id, present)
      if (!(await letGo(tx, scope, id))) throw new StillInUse()
      // With the row goes, by a trigger, the word that its file has to be removed.
      await deleteMedia(tx, id)
      const deleted = { media_id: id, version: file.version + 1, deleted_by: scope.person.id }
      tx.record('media_deleted', deleted, inProject(file.project_id))
      return file.filename
    })

  /** Without the key, whose kept answer is that of the deletion. */
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
  assertDelete(scope.person, file, project)
  if (isStale(scope, file.version)) throw versionConflict(present(file))
  return file
}

/** The file and its project, locked in the order in which everybody locks them. */
async function lockFile(tx: Tx, scope: Scope, id: number) {
  const place = await projectOfMedia(tx, id, readableOne(scope.person))
  if (!place) throw notFound()
  const projects = await lockProjects(tx, scope, sql`p.id = ${place.project_id}`)
  const file = await lockMedia(tx, id)
  if (!file) throw notFound()
  if (file.project_id !== place.project_id) throw new RetryableError('a file moved with its task meanwhile')
  return { file, project: projectAmong(projects, file.project_id) }
}
