import type { Tracing } from '../ports/tracing.ts'
import type { LogEvent } from './event.ts'

/** Spans of the way of an event: until it has its offset, and until an instance has delivered it. */
export function traceEvents(tracing: Tracing) {
  const passed = (stage: 'sequence' | 'deliver') => (batch: readonly LogEvent[]) => {
    if (!tracing.on) return
    for (const { traceparent, at, offset, event } of batch)
      if (traceparent !== null)
        tracing.record(`${stage} ${event}`, traceparent, Date.parse(at), { 'event.offset': offset })
  }
  return { sequenced: passed('sequence'), delivered: passed('deliver') }
}
