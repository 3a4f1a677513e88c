import { createHash } from 'node:crypto'
import type { User } from '../../contract/index.ts'
import type { Standing } from './standing.ts'

/** An API key, as it is at the moment of a call. */
export interface CallKey {
  id: number
  /** Its public part. */
  prefix: string
  permissions: readonly string[]
  /** Calls a minute; null for the limit of its owner. */
  rateLimit: number | null
}

/**
 * Who calls, in which session or with which API key, and in which request. The first argument of every service function.
 */
export interface Scope {
  person: User
  /** Null for a call with an API key. Operations that need a session take no keys (`key: 'never'` in the contract). */
  sessionId: string | null
  key?: CallKey
  /** When the person last signed in or showed their password in this session; absent where that is not known. */
  authenticatedAt?: string
  requestId: string
  address: string
  userAgent: string
  /** Returned in the events that the call causes. */
  mutationId?: string
  /** The trace of the call, for what it causes. */
  traceparent?: string
  /** The idempotency key of the client, which makes a retry safe. */
  idempotency?: Idempotency
  /**
   * The versions that the caller wants to change (from `If-Match`, or a socket's `version`); absent means any version.
   */
  expected?: readonly number[]
  /** Tells the door what a limit says of the call, for the headers of the answer. */
  noteLimit?: (standing: Standing) => void
  /** The caller's address is not one from which administrators may administer (`ADMIN_IP_ALLOWLIST`). */
  isElsewhere?: boolean
}

export interface Idempotency {
  key: string
  method: string
  path: string
  /** SHA-256 of the body as received; the same key must come with the same body. */
  bodyHash: string
}

/** The scope of a call that certainly has a session. */
export type SessionScope = Scope & { sessionId: string }

/** The scope of a caller that is not authenticated yet. */
export type PublicScope = Omit<Scope, 'person'> & { person: User | null }

/** What a caller may send with a call, on any door. */
export interface CallOptions {
  mutationId?: string | undefined
  traceparent?: string | undefined
  /** The only version that may be changed, or several. */
  expected?: readonly number[] | undefined
  idempotencyKey?: string | undefined
  /** What was called, for the idempotency key. The same key must come with the same body. */
  call: { method: string; path: () => string; body: () => string | Buffer }
}

type Caller = Pick<
  PublicScope,
  | 'person'
  | 'sessionId'
  | 'key'
  | 'authenticatedAt'
  | 'requestId'
  | 'address'
  | 'userAgent'
  | 'noteLimit'
  | 'isElsewhere'
>

const mostUserAgentCharacters = 500

/** The only place that makes the scope of a call. */
export const createScope = <C extends Caller>(
  caller: C,
  { mutationId, traceparent, expected, idempotencyKey, call }: CallOptions,
) => ({
  ...caller,
  userAgent: caller.userAgent.slice(0, mostUserAgentCharacters),
  ...(mutationId !== undefined && { mutationId }),
  ...(traceparent !== undefined && { traceparent }),
  ...(expected && { expected }),
  ...(idempotencyKey !== undefined && {
    idempotency: {
      key: idempotencyKey,
      method: call.method,
      path: call.path(),
      bodyHash: createHash('sha256').update(call.body()).digest('hex'),
    },
  }),
})

/** Whether the caller has seen another version than the present one. */
export const isStale = (scope: Pick<Scope, 'expected'>, version: number): boolean =>
  scope.expected !== undefined && !scope.expected.includes(version)
