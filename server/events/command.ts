import sql from 'sql-template-tag'
import type { Scope } from '../kernel/scope.ts'
import { type Connection, type Database, prepared, RetryableError, type Statement } from '../ports/database.ts'
import { noTracing, type Tracing } from '../ports/tracing.ts'
import { unavailable } from '../kernel/errors.ts'
import { type Audience, keyOf, reachOf } from './audience.ts'
import { whileOpen } from './caller.ts'
import type { Recordable, RecordablePayload } from './event.ts'
import { withActivityEntries, type RecordedEntry, type Entry } from './activity-entries.ts'
import { keepAnswer, replayAnswer } from './idempotency.ts'
import { createRecordingPace } from './recording-pace.ts'

export interface Tx extends Connection {
  /** The time of the change, for every row and event of the command. */
  readonly now: string
  /**
   * Adds an event that is committed with the change. `audience` says who may ever read it. An event with an entry also
   * appears in the activity, which is kept for ever.
   */
  record<N extends Recordable>(event: N, payload: RecordablePayload<N>, audience: Audience, entry?: Entry): void
  /** Marks the events of the command as one bulk operation. */
  asBulk(): void
}

/** A caller, or the system: acting for nobody, or for the person who started a job. */
type Caller = Pick<Scope, 'mutationId' | 'traceparent' | 'idempotency' | 'key'> & {
  person?: { id: number } | null
  sessionId?: string | null
  /**
   * A further step of a call that has begun. The events that it records are counted, but it is not refused because of
   * what the call has recorded before.
   */
  goesOn?: boolean
}

/**
 * Runs a use case in one transaction, with the change, its events, and the kept answer for its idempotency key. `work`
 * may run more than once (after a deadlock, for example), so it must not touch anything but `tx`. The value is the
 * operation's answer, which a repeated call with the same key gets again.
 */
export type Command = <T>(caller: Caller, work: (tx: Tx) => Promise<T>) => Promise<T>

const attempts = 6

interface Recorded {
  names: string[]
  scopes: string[]
  payloads: string[]
  reaches: (string | null)[]
  bulk: boolean
  entries: RecordedEntry[]
}

export function createCommand(deps: {
  database: Database
  wake: () => void
  /** Called with the number of events of each command that has committed. */
  recorded?: (count: number) => void
  tracing?: Tracing
}): Command {
  const pace = createRecordingPace()
  const { tracing = noTracing } = deps

  async function once<T>(caller: Caller, traceparent: string | undefined, work: (tx: Tx) => Promise<T>): Promise<T> {
    const recorded: Recorded = { names: [], scopes: [], payloads: [], reaches: [], bulk: false, entries: [] }
    const now = new Date().toISOString()
    const callerId = callerIdOf(caller)
    const kept = caller.person && caller.idempotency ? { ...caller.idempotency, personId: caller.person.id } : null

    const act = async (connection: Connection): Promise<{ value: T; last?: Statement | undefined }> => {
      const earlier = kept && (await replayAnswer(connection, kept))
      if (earlier) return { value: earlier.answer as T }
      const result = await work({
        now,
        query: statement => connection.query(statement),
        record: (event, payload, audience, entry) => {
          const reach = reachOf(audience)
          recorded.names.push(event)
          recorded.scopes.push(keyOf(audience))
          recorded.payloads.push(JSON.stringify(payload))
          recorded.reaches.push(reach && JSON.stringify(reach))
          if (entry) recorded.entries.push({ event, ...entry })
        },
        asBulk: () => (recorded.bulk = true),
      })
      if (kept) await keepAnswer(connection, kept, now, result)
      return {
        value: result,
        last: recorded.names.length > 0 ? insertOutbox(recorded, now, caller, traceparent) : undefined,
      }
    }
    const value = await deps.database.transaction<T>(connection =>
      callerId === null ? act(connection) : whileOpen(connection, callerId, () => act(connection)),
    )
    if (recorded.names.length > 0) {
      deps.wake()
      deps.recorded?.(recorded.names.length)
    }
    if (callerId !== null) pace.count(callerId, recorded.payloads)
    return value
  }

  return async (caller, work) => {
    const callerId = callerIdOf(caller)
    if (callerId !== null && !caller.goesOn) pace.check(callerId)
    // What the server does by itself is no trace of its own.
    const span = (caller.traceparent === undefined ? noTracing : tracing).begin('commit', caller.traceparent)
    let failed = true
    try {
      const value = await repeatedly(caller, span.traceparent, work)
      failed = false
      return value
    } finally {
      span.end({ failed })
    }
  }

  async function repeatedly<T>(caller: Caller, traceparent: string | undefined, work: (tx: Tx) => Promise<T>) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(caller, traceparent, work)
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error
        if (attempt === attempts) throw unavailable(error)
      }
    }
  }
}

/**
 * A caller with a session or an API key, whose account is held open and whose recording is paced. Jobs are exempt,
 * because an erasure waits for their rows, and because they work in small pieces anyway.
 */
const callerIdOf = ({ person, sessionId, key }: Caller): number | null =>
  person && (sessionId || key) ? person.id : null

/**
 * The payloads are joined with line feeds, which JSON never contains unescaped. As elements of an array each of their
 * quotation marks would be escaped.
 *
 * The outbox row is written last, when the command holds every lock that it needs. So two commands on the same row get
 * their outbox ids in the order of their commits.
 */
function insertOutbox(recorded: Recorded, at: string, { mutationId, person }: Caller, traceparent?: string) {
  const outbox = sql`
    insert into outbox (at, mutation_id, traceparent, bulk, names, scopes, payloads, reaches)
    values (${at}, ${mutationId ?? null}, ${traceparent ?? null}, ${recorded.bulk}, ${recorded.names},
      ${recorded.scopes}, string_to_array(${recorded.payloads.join('\n')}, E'\\n'), ${recorded.reaches})`
  return prepared(
    recorded.entries.length === 0 ? outbox : withActivityEntries(outbox, recorded.entries, at, person?.id ?? null),
  )
}
