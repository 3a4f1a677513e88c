import sql from 'sql-template-tag'
import { inProject, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { lockProjects } from '../projects/index.ts'
import type { MediaDeps } from './media.deps.ts'
import { deleteMedia, lockMedia } from './media.queries.ts'

/** Deletes the next file of a person, wherever it is. @returns whether there may be more */
export type DeleteNextFile = (tx: Tx, scope: Scope) => Promise<boolean>

/** One file a time, because taking it out of posts may fill a transaction. A trigger notes what is to be removed. */
export const createDeleteNextFile =
  ({ letGo }: Pick<MediaDeps, 'letGo'>): DeleteNextFile =>
  async (tx, scope) => {
    const { person } = scope
    const [next] = await tx.query<{ id: number; project_id: number | null }>(
      sql`select id, project_id from media where uploaded_by = ${person.id} order by id limit 1`,
    )
    if (!next) return false
    const everywhere: Scope = { ...scope, person: { ...person, role: 'admin' } }
    await lockProjects(tx, everywhere, sql`p.id = ${next.project_id}`)
    const file = await lockMedia(tx, next.id)
    // It moved, or was deleted meanwhile: the next step finds it where it is.
    if (!file || file.project_id !== next.project_id) return true
    if (!(await letGo(tx, everywhere, file.id))) return true
    await deleteMedia(tx, file.id)
    const deleted = { media_id: file.id, version: file.version + 1, deleted_by: person.id }
    tx.record('media_deleted', deleted, inProject(file.project_id))
    return true
  }
