import { type Audience, scopeOf } from './audience.ts'

interface Telling {
  created(to: Audience): void
  updated(to: Audience): void
  deleted(to: Audience): void
}

/**
 * Tells of a change of something that may be its author's alone. For all others it begins when it is shown and ends when
 * it is taken back, and only that may they hear of it. The author, who hears both, comes out right too: what is taken
 * back is gone first and there again then, with the same version.
 */
export function tellShown(before: Audience, after: Audience, { created, updated, deleted }: Telling): void {
  if (scopeOf(before) === scopeOf(after)) return updated(after)
  if (after.of === 'author') deleted(before)
  created(after)
}
