import type { Entry } from '../../events/index.ts'
import type { ProjectRow } from './projects.queries.ts'

/** A project's event in the activity; for a change, with what each field was and became. */
export function entryOf(project: ProjectRow, before?: ProjectRow, changed: readonly (keyof ProjectRow)[] = []): Entry {
  const changes =
    before && Object.fromEntries(changed.map(field => [field, { from: before[field], to: project[field] }]))
  return {
    projectId: project.id,
    taskId: null,
    subject: { type: 'project', id: project.id, title: project.name },
    ...(changes && { changes }),
  }
}

/** Somebody who came, went, or is something else in a project now. */
export const memberEntry = (project: ProjectRow, userId: number, from: string | null, to: string | null): Entry => ({
  ...entryOf(project),
  changes: { [`member ${userId}`]: { from, to } },
})
