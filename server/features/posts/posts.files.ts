import type { Post } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { lockFiles, readableFile } from '../media/index.ts'
import { selectPostsForUpdate, takeOut } from './posts.queries.ts'
import { events } from './posts.events.ts'

type Files = Pick<Post, 'cover_media_id' | 'media_ids'>

/** Each event contains the whole post, and all are in one transaction. */
const mostPosts = 200

const idsOf = ({ cover_media_id, media_ids }: Partial<Files>): number[] => [
  ...(cover_media_id ? [cover_media_id] : []),
  ...(media_ids ?? []),
]

/**
 * Locks the files that a post is to refer to. They are locked before the post, in the same order as in the deletion of
 * a file.
 *
 * @returns a check for the post, once it is loaded. It throws AppError `validation_error` on the field whose files do
 *   not exist or are not visible to all readers of the post. Files that the post refers to already are not checked
 *   again, because a file may have moved with its task.
 */
export async function lockReferences(tx: Tx, { person }: Scope, wanted: Partial<Files>) {
  const ids = idsOf(wanted)
  const held = ids.length === 0 ? [] : await lockFiles(tx, ids, readableFile(person))
  const placeOf = new Map(held.map(({ id, project_id }) => [id, project_id]))

  return (projectId: number | null, now: Files): void => {
    const known = new Set(idsOf(now))
    const isFit = (id: number) => {
      const place = placeOf.get(id)
      return known.has(id) || place === null || (place !== undefined && place === projectId)
    }
    const fields: Record<string, string> = {}
    if (wanted.cover_media_id && !isFit(wanted.cover_media_id)) fields['cover_media_id'] = unfit
    if (wanted.media_ids && !wanted.media_ids.every(isFit)) fields['media_ids'] = unfit
    if (Object.keys(fields).length > 0) throw invalid(fields)
  }
}

const unfit = 'there is no such file, or none that every reader of the post may see'

/**
 * Removes a locked file that is being deleted from posts; each post gets a new version and an event.
 *
 * @returns whether no post refers to it any more; otherwise there were more than one transaction can change
 */
export async function letGo(tx: Tx, scope: Scope, mediaId: number): Promise<boolean> {
  const found = await selectPostsForUpdate(tx, mediaId, mostPosts + 1)
  const posts = found.slice(0, mostPosts)
  if (posts.length === 0) return true
  const rows = await takeOut(
    tx,
    posts.map(({ id }) => id),
    mediaId,
    tx.now,
  )
  for (const [nth, row] of rows.entries()) {
    const before = posts[nth]!
    const changed = [
      ...(before.cover_media_id === row.cover_media_id ? [] : ['cover_media_id' as const]),
      ...(before.media_ids.length === row.media_ids.length ? [] : ['media_ids' as const]),
    ]
    events.updated(tx, scope, before, row, changed)
  }
  return posts.length === found.length
}
