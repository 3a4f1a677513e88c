import { withSortKey } from '../../contract/index.ts'
import type { LogEvent } from './event.ts'

/** The payload in the form of this release; the release before has written into the same log. */
export const payloadOf = ({ payload }: LogEvent): Record<string, unknown> => {
  const task = withSortKey(payload['task'])
  return task === payload['task'] ? payload : { ...payload, task }
}

/** The payload as it is sent, with its place in the log. */
export const wirePayload = (event: LogEvent): Record<string, unknown> => ({
  ...payloadOf(event),
  offset: event.offset,
  at: event.at,
  ...(event.mutation_id !== null && { mutation_id: event.mutation_id }),
  ...(event.traceparent !== null && { traceparent: event.traceparent }),
})
