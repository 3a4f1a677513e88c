import type { ApplicationEvent, ApplicationEventName, EventName, EventPayload } from '../../contract/index.ts'
import type { Reach } from './audience.ts'

/**
 * Events that concern the instances and no client: rights that begin or end without a message to the members of a room.
 * They are in the log because an instance has to act on them in order.
 */
export interface SystemEvents {
  session_ended: { session_id: string; user_id: number; reason: 'session_ended' | 'account_disabled' }
  /**
   * The role, the permissions or the state of an account changed. Instances drop what they cached of it and recompute
   * the rights derived from it.
   */
  account_changed: { user_id: number; role_changed: boolean; disabled?: boolean }
  /**
   * An API key changed. Instances drop what they cached of it; its sockets stay, or are closed so that their clients connect
   * again, or end.
   */
  api_key_changed: { api_key_id: number; user_id: number; sockets: 'keep' | 'restart' | 'end' }
  /** The log was rewritten, so that it holds nothing about a person; instances forget what they hold of it in memory. */
  person_erased: { user_id: number }
}
export type SystemEventName = keyof SystemEvents

export type Recordable = EventName | SystemEventName | ApplicationEventName
export type RecordablePayload<N extends Recordable> = N extends EventName
  ? EventPayload<N>
  : N extends SystemEventName
    ? SystemEvents[N]
    : ApplicationEvent

/** An event of the log. Its `payload` is already in the form that clients get; it is sent through `payloadOf`. */
export interface LogEvent {
  offset: number
  at: string
  /**
   * The command that caused it. The events of one command follow one another without events of other commands between
   * them.
   */
  command: number
  /** Whether it belongs to a bulk operation, which a socket may get as one message. */
  bulk: boolean
  mutation_id: string | null
  /** The trace of what caused it, as in the header of that name. */
  traceparent: string | null
  event: Recordable
  scope: string
  reach: Reach | null
  payload: Record<string, unknown>
  /** Bytes of the payload as JSON. */
  bytes: number
}
