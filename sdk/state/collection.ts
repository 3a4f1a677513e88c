import type { LiveEvent } from '../realtime/live-event.ts'

/** An item of a collection. Without a version it never changes. */
export interface Kept {
  id: number
  version?: number
  project_id?: number | null
}

/**
 * The things of one kind that a client knows. Pure, and answers and events may be applied in any order: the higher
 * version wins, and what is deleted stays deleted even when an older list still contains it.
 */
export interface Collection<T extends Kept> {
  readonly items: ReadonlyMap<number, T>
  /** Versions up to this one are never shown again. */
  readonly gone: ReadonlyMap<number, number>
  readonly goneProjects: ReadonlySet<number>
}

export const emptyCollection = <T extends Kept>(): Collection<T> => ({
  items: new Map(),
  gone: new Map(),
  goneProjects: new Set(),
})

const versionOf = (item: Kept | undefined) => (item ? (item.version ?? 1) : 0)

/** Returns the same collection when the items contain nothing new. */
export function keepAll<T extends Kept>(collection: Collection<T>, given: readonly T[]): Collection<T> {
  const news = given.filter(item => isNews(collection, item))
  if (news.length === 0) return collection
  const items = new Map(collection.items)
  for (const item of news) if (versionOf(items.get(item.id)) < versionOf(item)) items.set(item.id, item)
  return { ...collection, items }
}

function isNews<T extends Kept>({ items, gone, goneProjects }: Collection<T>, item: T): boolean {
  if (item.project_id != null && goneProjects.has(item.project_id)) return false
  return versionOf(item) > Math.max(versionOf(items.get(item.id)), gone.get(item.id) ?? 0)
}

/**
 * @param upTo the versions that this removes; absent means all, because the id of a deleted thing is never used again
 */
export function remove<T extends Kept>(
  collection: Collection<T>,
  id: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Collection<T> {
  if ((collection.gone.get(id) ?? 0) >= upTo || versionOf(collection.items.get(id)) > upTo) return collection
  const items = new Map(collection.items)
  items.delete(id)
  return { ...collection, items, gone: new Map(collection.gone).set(id, upTo) }
}

/** The end of a project removes everything in it. */
export function applyProjectEvent<T extends Kept>(collection: Collection<T>, event: LiveEvent): Collection<T> {
  const isGone = event.name === 'project_deleted' || (event.name === 'access_changed' && !event.readable)
  if (isGone) {
    const items = new Map([...collection.items].filter(([, item]) => item.project_id !== event.project_id))
    return { ...collection, items, goneProjects: new Set(collection.goneProjects).add(event.project_id) }
  }
  if (event.name !== 'access_changed' || !collection.goneProjects.has(event.project_id)) return collection
  const goneProjects = new Set(collection.goneProjects)
  goneProjects.delete(event.project_id)
  return { ...collection, goneProjects }
}
