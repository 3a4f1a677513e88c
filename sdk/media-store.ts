import type { MediaFile } from '../contract/index.ts'
import { applyProjectEvent, keepAll, letGo, type Collection } from './collection.ts'
import type { LiveEvent } from './live-event.ts'

/** A file that goes with its task is gone where it was, and there where it is with that very version. */
export function applyMediaEvent(files: Collection<MediaFile>, event: LiveEvent): Collection<MediaFile> {
  if (event.name === 'media_created') return keepAll(files, [event.media])
  if (event.name === 'media_deleted') return letGo(files, event.media_id, event.version - 1)
  return applyProjectEvent(files, event)
}
