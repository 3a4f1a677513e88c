import { createHash } from 'node:crypto'
import { keyNeedOf, type Operation, ordinaryPermissions, type Permission, type User } from '../../contract/index.ts'
import { AppError } from './errors.ts'
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
  call: { method: string; path: string; body: () => string | Buffer }
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
      path: call.path,
      bodyHash: createHash('sha256').update(call.body()).digest('hex'),
    },
  }),
})

/** @throws AppError `unauthenticated` */
export function signedIn(scope: PublicScope): Scope {
  if (!scope.person || !(scope.sessionId || scope.key)) throw new AppError('unauthenticated', 'Sign in first.')
  return scope as Scope
}

/** @throws AppError `address_not_allowed` */
export function assertMayAdminister({ isElsewhere }: Pick<Scope, 'isElsewhere'>): void {
  if (isElsewhere) throw new AppError('address_not_allowed', 'Administrators may not do this from your address.')
}

/**
 * Whether a caller may do to what belongs to others what is for administrators.
 *
 * @throws AppError `address_not_allowed`
 */
export function mayAdminister(scope: Pick<Scope, 'person' | 'isElsewhere'>): boolean {
  if (scope.person.role !== 'admin') return false
  assertMayAdminister(scope)
  return true
}

/** Administrators have every permission, others the ordinary ones and those that they were given. */
const ownerMay = ({ role, permissions }: User, permission: string) =>
  role === 'admin' ||
  (permission !== 'admin' && (ordinaryPermissions.has(permission) || permissions.includes(permission)))

/** Whether a person could give an API key this permission now. */
export const mayGive = (person: User, permission: Permission): boolean => ownerMay(person, permission)

/**
 * Whether a caller has a permission: its account must have it, and an API key must have it too. The only place that
 * judges permissions; what somebody may do with a particular thing is judged by the policy of its feature.
 */
export const can = ({ person, key }: Pick<Scope, 'person' | 'key'>, permission: string): boolean =>
  ownerMay(person, permission) && (key === undefined || key.permissions.includes(permission))

/** @throws AppError `forbidden` that names the permission */
export function permitted(scope: PublicScope, permission: string): Scope {
  const known = signedIn(scope)
  if (can(known, permission)) return known
  throw lacking(permission)
}

/** The refusal for want of a permission. */
export const lacking = (permission: string): AppError =>
  new AppError('forbidden', `This needs the permission ${permission}.`, { details: { permission } })

/**
 * The scope, if its caller may call the operation at all.
 *
 * @throws AppError `unauthenticated`, `forbidden`, which names the permission that an API key lacks, `address_not_allowed`,
 *   `reauthentication_required`
 */
export function allowed(operation: Operation, scope: PublicScope): PublicScope {
  if (operation.access === 'public') return scope
  const known = signedIn(scope)
  if (known.key) assertKey(operation, known.key)
  if (operation.access === 'admin') {
    if (known.person.role !== 'admin') throw new AppError('forbidden', 'This is for administrators.')
    assertMayAdminister(known)
  }
  if (operation.recent) recentlySignedIn(known)
  return operation.permission === undefined ? known : permitted(known, operation.permission)
}

function assertKey(operation: Operation, key: CallKey): void {
  const need = keyNeedOf(operation)
  if (need === 'never') throw new AppError('forbidden', 'API keys may not do this: sign in.')
  // The rooms in the input decide.
  if (need !== 'rooms' && !key.permissions.includes(need)) throw lacking(need)
}

/** How long after a sign-in a session may change what lets its person in. */
export const recentSignInSeconds = 900

/**
 * For changes of what lets a person in: whoever finds an open browser, or steals a token, must not make the account
 * their own.
 *
 * @throws AppError `reauthentication_required`
 */
export function recentlySignedIn(scope: PublicScope): Scope {
  const known = signedIn(scope)
  const at = known.authenticatedAt
  if (at !== undefined && Date.now() - Date.parse(at) < 1_000 * recentSignInSeconds) return known
  throw new AppError('reauthentication_required', 'Confirm your password first, or sign in again.')
}

/** Whether the caller has seen another version than the present one. */
export const isStale = (scope: Pick<Scope, 'expected'>, version: number): boolean =>
  scope.expected !== undefined && !scope.expected.includes(version)
