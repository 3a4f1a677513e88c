import type { Entry } from '../../events/index.ts'
import type { ProjectRow } from './projects.queries.ts'

/** A project's event in the activity; for a change, with the old and new value of each field. */
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

/** A person who joined or left a project, or got another role in it. */
export const memberEntry = (project: ProjectRow, userId: number, from: string | null, to: string | null): Entry => ({
  ...entryOf(project),
  changes: { [`member ${userId}`]: { from, to } },
})
