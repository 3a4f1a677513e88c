import { type LogEvent, payloadOf } from '../../events/index.ts'

type Kind = 'task_updated' | 'task_deleted'

/** An event, or the events of one bulk operation that can be sent as one message. */
export type Message = { kind: 'single'; event: LogEvent } | { kind: 'bulk'; of: Kind; events: LogEvent[] }

/**
 * A bulk message ends when its events reach this many bytes; the rest becomes another message. A message is in memory
 * as a whole, and for polling once per connection.
 */
export const mostBulkBytes = 1024 * 1024

/** Splits a piece of the log (whole commands, or the beginning or end of a large one) into messages. */
export function* messagesOf(events: LogEvent[]): Generator<Message> {
  let run: LogEvent[] = []
  let bytes = 0
  const flush = function* (): Generator<Message> {
    if (run.length > 0) yield { kind: 'bulk', of: run[0]!.event as Kind, events: run }
    run = []
    bytes = 0
  }
  for (const event of events) {
    const groups = event.bulk && (event.event === 'task_updated' || event.event === 'task_deleted')
    if (!groups || (run.length > 0 && (run[0]!.command !== event.command || run[0]!.event !== event.event)))
      yield* flush()
    if (!groups) yield { kind: 'single', event }
    else if ((bytes += event.bytes) >= mostBulkBytes) {
      run.push(event)
      yield* flush()
    } else run.push(event)
  }
  yield* flush()
}

/** The message that stands for several events, with the offset of the last one. */
export function bulkMessage(of: Kind, events: LogEvent[]): { name: string; payload: Record<string, unknown> } {
  const last = events.at(-1)!
  const place = {
    first_offset: events[0]!.offset,
    offset: last.offset,
    at: last.at,
    ...(last.mutation_id !== null && { mutation_id: last.mutation_id }),
    ...(last.traceparent !== null && { traceparent: last.traceparent }),
  }
  return of === 'task_updated'
    ? {
        name: 'tasks_bulk_updated',
        payload: {
          tasks: events.map(event => payloadOf(event)['task']),
          updated_by: last.payload['updated_by'],
          ...place,
        },
      }
    : {
        name: 'tasks_bulk_deleted',
        payload: {
          task_ids: events.map(({ payload }) => payload['task_id']),
          deleted_by: last.payload['deleted_by'],
          ...place,
        },
      }
}
