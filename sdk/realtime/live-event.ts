import {
  type BulkEventName,
  type BulkEventPayload,
  bulkEvents,
  type EventName,
  type EventPayload,
  events,
} from '../../contract/index.ts'

export interface Logged {
  offset: number
  at: string
  mutation_id?: string
}

/** A committed change, as it comes over the socket, with its name. */
export type LiveEvent =
  | { [Name in EventName]: { name: Name } & EventPayload<Name> & Logged }[EventName]
  | { [Name in BulkEventName]: { name: Name } & BulkEventPayload<Name> & Logged }[BulkEventName]

/** Names of later versions are heard and passed over: they move the position and nothing else. */
export const isKnownEvent = (name: string): name is LiveEvent['name'] => name in events || name in bulkEvents

/** How many events of the log it stands for. */
export function weightOf(event: LiveEvent): number {
  if (event.name === 'tasks_bulk_updated') return event.tasks.length
  if (event.name === 'tasks_bulk_deleted') return event.task_ids.length
  return 1
}
