import type { Post, Video } from '../contract/index.ts'
import type { LiveEvent } from './live-event.ts'

/** What may be there for its author alone for a while: a post, a video. */
interface Shown {
  id: number
  version: number
  project_id: number | null
}

/**
 * The posts, or the videos, that a client knows of. Pure, and safe to feed from answers and events in any order: the
 * higher version wins. What is gone may come back (a draft is published, or is still there for its author when it is
 * taken back), and then with a version that is not lower than that of its going.
 */
export interface Shelf<T extends Shown> {
  readonly items: ReadonlyMap<number, T>
  /** Tombstones: versions before these are never shown again. */
  readonly gone: ReadonlyMap<number, number>
  readonly goneProjects: ReadonlySet<number>
}

export const emptyShelf = <T extends Shown>(): Shelf<T> => ({
  items: new Map(),
  gone: new Map(),
  goneProjects: new Set(),
})

/** The same shelf when there is nothing new on it. */
export function putOnShelf<T extends Shown>(shelf: Shelf<T>, given: readonly T[]): Shelf<T> {
  const items = new Map(shelf.items)
  let isNew = false
  for (const item of given) {
    if (item.project_id !== null && shelf.goneProjects.has(item.project_id)) continue
    if (item.version <= (items.get(item.id)?.version ?? 0) || item.version < (shelf.gone.get(item.id) ?? 0)) continue
    items.set(item.id, item)
    isNew = true
  }
  return isNew ? { ...shelf, items } : shelf
}

/** @param version that of its going; what is held of that version or a later one has come back since */
export function takeFromShelf<T extends Shown>(shelf: Shelf<T>, id: number, version: number): Shelf<T> {
  if ((shelf.items.get(id)?.version ?? 0) >= version || (shelf.gone.get(id) ?? 0) >= version) return shelf
  const items = new Map(shelf.items)
  items.delete(id)
  return { ...shelf, items, gone: new Map(shelf.gone).set(id, version) }
}

/** Rights to a whole project that end or begin; who is given one loads what is in it. */
function followProject<T extends Shown>(shelf: Shelf<T>, event: LiveEvent): Shelf<T> {
  if (event.name !== 'project_deleted' && event.name !== 'access_changed') return shelf
  const { project_id: id } = event
  const isReadable = event.name === 'access_changed' && event.readable
  if (isReadable !== shelf.goneProjects.has(id)) return shelf
  const goneProjects = new Set(shelf.goneProjects)
  if (isReadable) {
    goneProjects.delete(id)
    return { ...shelf, goneProjects }
  }
  const items = new Map([...shelf.items].filter(([, item]) => item.project_id !== id))
  return { ...shelf, items, goneProjects: goneProjects.add(id) }
}

export function applyPostEvent(shelf: Shelf<Post>, event: LiveEvent): Shelf<Post> {
  switch (event.name) {
    case 'post_created':
    case 'post_updated':
      return putOnShelf(shelf, [event.post])
    case 'post_deleted':
      return takeFromShelf(shelf, event.post_id, event.version)
    default:
      return followProject(shelf, event)
  }
}

export function applyVideoEvent(shelf: Shelf<Video>, event: LiveEvent): Shelf<Video> {
  switch (event.name) {
    case 'video_created':
    case 'video_updated':
      return putOnShelf(shelf, [event.video])
    case 'video_deleted':
      return takeFromShelf(shelf, event.video_id, event.version)
    default:
      return followProject(shelf, event)
  }
}
