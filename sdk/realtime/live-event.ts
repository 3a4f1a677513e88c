import {
  type ApplicationEvent,
  type BulkEventName,
  type BulkEventPayload,
  bulkEvents,
  type EventName,
  type EventPayload,
  events,
  isApplicationEvent,
} from '../../contract/index.ts'

export interface Logged {
  offset: number
  at: string
  mutation_id?: string
  traceparent?: string
}

/** Where the thing itself has a `name`, that is `own_name`, because `name` is that of the event. */
type Payload<Given> = Given extends { name: infer Own } ? Omit<Given, 'name'> & { own_name: Own } : Given

/** A committed change, as it arrives over the socket, with its name. */
export type LiveEvent =
  | { [Name in EventName]: { name: Name } & Payload<EventPayload<Name>> & Logged }[EventName]
  | { [Name in BulkEventName]: { name: Name } & BulkEventPayload<Name> & Logged }[BulkEventName]
  | PublishedEvent

/** An event that an application has published, by its own name. */
export type PublishedEvent = ApplicationEvent & Logged

/** Events of later versions are received and ignored: they only move the position. */
export const isKnownEvent = (name: string): name is LiveEvent['name'] =>
  name in events || name in bulkEvents || isApplicationEvent(name)

/**
 * An event as programs get it. What the thing is called must not pass for what happened: a flag may be called
 * `payment.completed`.
 */
export function liveEvent(name: string, payload: Record<string, unknown>): LiveEvent {
  const own = 'name' in payload && payload.name !== name ? { own_name: payload.name } : {}
  return { ...payload, ...own, name } as LiveEvent
}

/** How many events of the log the message stands for. */
export function weightOf(event: LiveEvent): number {
  if (event.name === 'tasks_bulk_updated') return event.tasks.length
  if (event.name === 'tasks_bulk_deleted') return event.task_ids.length
  return 1
}
