import type { Database } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { type Metrics, noMetrics } from '../ports/metrics.ts'
import type { Peers } from '../ports/peers.ts'
import { noTracing, type Tracing } from '../ports/tracing.ts'
import { createCommand } from './command.ts'
import { measureEvents } from './event-metrics.ts'
import { traceEvents } from './event-tracing.ts'
import { createReader } from './reader.ts'
import { createRelay } from './relay.ts'
import { createSequencer } from './sequencer.ts'

export { allSequenced } from './all-sequenced.ts'
export type { Entry } from './activity-entries.ts'
export type { Command, Tx } from './command.ts'
export { createRecorder } from './recorder.ts'
export type { LogEvent, SystemEvents } from './event.ts'
export { type Reader, wholeCommands } from './reader.ts'
export {
  admins,
  type Audience,
  authorIn,
  everyone,
  inProject,
  inTopic,
  keys,
  parseKey,
  person,
  system,
} from './audience.ts'
export { type Head, readBacklog, readHead } from './log.ts'
export { countMatching, findMatching, readAmong, readMatching } from './read.ts'
export { named, type Readable, readableAnywhere, readableIn, without } from './readable.ts'
export {
  isWithheld,
  ownSeats,
  type Rights,
  type Seat,
  seatsIn,
  seatsOfEvent,
  seatsOfRoom,
  seesProject,
  withheldFrom,
} from './seats.ts'
export { isForgotten, type Position, recoverable } from './recoverable.ts'
export { rewriteLog, type Rewriting, voidProject } from './erasing.ts'
export { dropOldAnswers } from './idempotency.ts'
export { dropOldEvents } from './partitions.ts'
export { renewLog } from './epoch.ts'
export { payloadOf, wirePayload } from './wire.ts'

export interface EventsDeps {
  database: Database
  log: Logger
  peers: Peers
  /** The number of events kept in memory for clients that reconnect. */
  recentEvents?: number | undefined
  /** The interval at which the log is read, and the outbox looked at, in case messages of other instances were lost. */
  pollMs?: number | undefined
  metrics?: Metrics
  tracing?: Tracing
}

export type Events = ReturnType<typeof createEvents>

/**
 * The event log of this instance. What a command records is in the database when the command has committed. The
 * sequencer (one among all instances) gives each event an offset; the reader passes events to the listeners of this
 * instance, in order. Messages between instances only make this faster: whatever is lost, each instance finds in the
 * database.
 */
export function createEvents(deps: EventsDeps) {
  const { database, log, peers, recentEvents = 1_000, pollMs, metrics = noMetrics, tracing = noTracing } = deps
  const measured = measureEvents(metrics)
  const traced = traceEvents(tracing)
  const reader = createReader({ database, log, recentEvents, pollMs })
  reader.onBatch(measured.delivered)
  reader.onBatch(traced.delivered)
  const relay = createRelay({ peers, reader, wake: () => sequencer.wake() })
  const sequencer = createSequencer({
    database,
    log,
    deliver: sequenced => {
      const { epoch, last, count, events } = sequenced
      measured.sequenced(count, events ?? [])
      traced.sequenced(events ?? [])
      if (events) reader.feed({ epoch, events })
      else reader.hint(epoch, last)
      relay.pass(sequenced)
    },
  })
  const command = createCommand({
    database,
    recorded: measured.recorded,
    tracing,
    wake: () => {
      sequencer.wake()
      if (!sequencer.leading) relay.wake()
    },
  })
  return {
    command,
    reader,
    sequencer,
    start: async () => {
      await reader.start()
      sequencer.start()
    },
    stop: async () => {
      await sequencer.stop()
      await reader.stop()
    },
  }
}
