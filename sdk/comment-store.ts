import type { Comment } from '../contract/index.ts'
import type { LiveEvent } from './live-event.ts'

/**
 * The comments that a client knows of one task. Pure, and safe to feed from answers and events in any order: the higher
 * version wins, and what is deleted stays deleted, though an older list still holds it.
 */
export interface CommentStore {
  readonly taskId: number
  readonly comments: ReadonlyMap<number, Comment>
  readonly gone: ReadonlySet<number>
}

export const noComments = (taskId: number): CommentStore => ({ taskId, comments: new Map(), gone: new Set() })

/** The same store when there is nothing new in it. */
export function upsertComments(store: CommentStore, given: readonly Comment[]): CommentStore {
  const comments = new Map(store.comments)
  let isNew = false
  for (const comment of given) {
    if (comment.task_id !== store.taskId || store.gone.has(comment.id)) continue
    if (comment.version <= (comments.get(comment.id)?.version ?? 0)) continue
    comments.set(comment.id, comment)
    isNew = true
  }
  return isNew ? { ...store, comments } : store
}

/** For good: an id never comes back. */
export function removeComment(store: CommentStore, id: number): CommentStore {
  if (store.gone.has(id)) return store
  const comments = new Map(store.comments)
  comments.delete(id)
  return { ...store, comments, gone: new Set(store.gone).add(id) }
}

export function applyCommentEvent(store: CommentStore, event: LiveEvent): CommentStore {
  switch (event.name) {
    case 'comment_created':
    case 'comment_updated':
      return upsertComments(store, [event.comment])
    case 'comment_deleted':
      return event.task_id === store.taskId ? removeComment(store, event.comment_id) : store
    default:
      return store
  }
}
