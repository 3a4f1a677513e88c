import { withSortKey } from '../../contract/index.ts'
import type { LogEvent } from './event.ts'

/** What an event says, as this release says it: the release before has written into the same log. */
export const payloadOf = ({ payload }: LogEvent): Record<string, unknown> => {
  const task = withSortKey(payload['task'])
  return task === payload['task'] ? payload : { ...payload, task }
}

/** What goes on the wire: the payload, and where in the log it stands. */
export const wirePayload = (event: LogEvent): Record<string, unknown> => ({
  ...payloadOf(event),
  offset: event.offset,
  at: event.at,
  ...(event.mutation_id !== null && { mutation_id: event.mutation_id }),
})
