import { type Audience, scopeOf } from './audience.ts'
import type { Entry } from './chronicle.ts'

interface Telling {
  created(): void
  updated(to: Audience): void
  deleted(): void
}

/**
 * Tells of a change of something that may be its author's alone. For all others it begins when it is shown and ends when
 * it is taken back, and only that may they hear of it. The author, who hears both, comes out right too: what is taken
 * back is gone first and there again then, with the same version.
 */
export function tellShown(before: Audience, after: Audience, { created, updated, deleted }: Telling): void {
  if (scopeOf(before) === scopeOf(after)) return updated(after)
  if (after.of === 'author') deleted()
  created()
}

/** Its entry in the activity, which everybody in the project reads: so what is its author's alone has none. */
export function entryOfShown(
  to: Audience,
  type: Entry['subject']['type'],
  { id, title, project_id: projectId }: { id: number; title: string; project_id: number | null },
  changes?: Entry['changes'],
): Entry | undefined {
  if (to.of === 'author') return undefined
  return { projectId, taskId: null, subject: { type, id, title }, ...(changes && { changes }) }
}
