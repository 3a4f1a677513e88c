import type { Video } from '../contract/index.ts'
import { applyProjectEvent, keepAll, letGo, type Collection } from './collection.ts'
import type { LiveEvent } from './live-event.ts'

/** Made private, a video is gone for all others, and comes to whoever added it in that very version. */
export function applyVideoEvent(videos: Collection<Video>, event: LiveEvent): Collection<Video> {
  if (event.name === 'video_created' || event.name === 'video_updated') return keepAll(videos, [event.video])
  if (event.name === 'video_deleted') return letGo(videos, event.video_id, event.version - 1)
  return applyProjectEvent(videos, event)
}
