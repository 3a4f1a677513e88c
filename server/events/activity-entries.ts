import sql, { type Sql } from 'sql-template-tag'
import type { ActivitySubject } from '../../contract/index.ts'

/** How an event stands in the activity: where it happened, to what, and what of that changed. */
export interface Entry {
  projectId: number | null
  /** The task whose own feed shows it. */
  taskId: number | null
  subject: { type: ActivitySubject; id: number; title: string }
  changes?: Record<string, { from: unknown; to: unknown }>
}

export type RecordedEntry = Entry & { event: string }

/** Writes entries in the very statement that writes the outbox row: it costs no round trip, and neither is without the other. */
export const withActivityEntries = (
  outbox: Sql,
  entries: readonly RecordedEntry[],
  at: string,
  actorId: number | null,
): Sql => sql`
  with told as (${outbox})
  insert into activity (at, actor_id, event, project_id, task_id, subject_type, subject_id, subject_title, changes)
  select ${at}::timestamptz, ${actorId}::bigint, event, project_id, task_id, subject_type, subject_id, subject_title,
    changes::json
  from unnest(${entries.map(({ event }) => event)}::text[], ${entries.map(({ projectId }) => projectId)}::bigint[],
    ${entries.map(({ taskId }) => taskId)}::bigint[], ${entries.map(({ subject }) => subject.type)}::text[],
    ${entries.map(({ subject }) => subject.id)}::bigint[], ${entries.map(({ subject }) => subject.title)}::text[],
    ${entries.map(({ changes }) => (changes ? JSON.stringify(changes) : null))}::text[])
    as given (event, project_id, task_id, subject_type, subject_id, subject_title, changes)`
