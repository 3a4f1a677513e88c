import sql, { type Sql } from 'sql-template-tag'
import type { ActivitySubject } from '../../contract/index.ts'

/** The activity entry of an event: the place where it happened, its subject, and what changed. */
export interface Entry {
  projectId: number | null
  /** The task whose activity shows the entry. */
  taskId: number | null
  subject: { type: ActivitySubject; id: number; title: string }
  changes?: Record<string, { from: unknown; to: unknown }>
}

export type RecordedEntry = Entry & { event: string }

/**
 * Writes entries in the same statement that writes the outbox row. That costs no further round trip, and one is never
 * written without the other.
 */
export const withActivityEntries = (
  outbox: Sql,
  entries: readonly RecordedEntry[],
  at: string,
  actorId: number | null,
): Sql => sql`
  with recorded as (${outbox})
  insert into activity (at, actor_id, event, project_id, task_id, subject_type, subject_id, subject_title, changes)
  select ${at}::timestamptz, ${actorId}::bigint, event, project_id, task_id, subject_type, subject_id, subject_title,
    changes::json
  from unnest(${entries.map(({ event }) => event)}::text[], ${entries.map(({ projectId }) => projectId)}::bigint[],
    ${entries.map(({ taskId }) => taskId)}::bigint[], ${entries.map(({ subject }) => subject.type)}::text[],
    ${entries.map(({ subject }) => subject.id)}::bigint[], ${entries.map(({ subject }) => subject.title)}::text[],
    ${entries.map(({ changes }) => (changes ? JSON.stringify(changes) : null))}::text[])
    as given (event, project_id, task_id, subject_type, subject_id, subject_title, changes)`
