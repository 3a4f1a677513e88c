import type { EventName, EventPayload } from '../../contract/index.ts'
import type { Reach } from './audience.ts'

/**
 * Facts that concern the instances and no client: rights that end or begin without a room's members being told. They
 * are in the log because an instance has to act on them in the order in which they happened.
 */
export interface SystemEvents {
  session_ended: { session_id: string; user_id: number; reason: 'session_ended' | 'account_disabled' }
  /** Role, permissions or state of an account: whoever caches them forgets, whoever derived rights from them starts over. */
  account_changed: { user_id: number; role_changed: boolean }
}
export type SystemEventName = keyof SystemEvents

export type Recordable = EventName | SystemEventName
export type RecordablePayload<N extends Recordable> = N extends EventName
  ? EventPayload<N>
  : N extends SystemEventName
    ? SystemEvents[N]
    : never

/** One line of the log. Already presented: what is in `payload` goes out by `payloadOf`. */
export interface LogEvent {
  offset: number
  at: string
  /** The command that caused it: events of one command follow one another without another's between them. */
  command: number
  /** It belongs to a bulk operation, which a socket may want as one message. */
  bulk: boolean
  mutation_id: string | null
  event: Recordable
  scope: string
  reach: Reach | null
  payload: Record<string, unknown>
  /** Of the payload as JSON. */
  bytes: number
}
