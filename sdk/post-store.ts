import type { Post } from '../contract/index.ts'
import { applyProjectEvent, keepAll, letGo, type Collection } from './collection.ts'
import type { LiveEvent } from './live-event.ts'

/** Taken back, a post is gone for its readers, and comes to its author as the draft of that very version. */
export function applyPostEvent(posts: Collection<Post>, event: LiveEvent): Collection<Post> {
  if (event.name === 'post_created' || event.name === 'post_updated') return keepAll(posts, [event.post])
  if (event.name === 'post_deleted') return letGo(posts, event.post_id, event.version - 1)
  return applyProjectEvent(posts, event)
}
