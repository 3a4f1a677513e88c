import { createHash } from 'node:crypto'
import type { User } from '../../contract/index.ts'
import { AppError } from './errors.ts'
import type { Standing } from './standing.ts'

/** Who calls, in which session and request. The first argument of every service function. */
export interface Scope {
  person: User
  sessionId: string
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

/** The scope of a caller that is not authenticated yet. */
export type PublicScope = Omit<Scope, 'person' | 'sessionId'> & { person: User | null; sessionId: string | null }

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
  'person' | 'sessionId' | 'authenticatedAt' | 'requestId' | 'address' | 'userAgent' | 'noteLimit' | 'isElsewhere'
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
  if (!scope.person || !scope.sessionId) throw new AppError('unauthenticated', 'Sign in first.')
  return scope as Scope
}

/** @throws AppError `forbidden`, `address_not_allowed` */
export function adminOnly(scope: PublicScope): Scope {
  const known = signedIn(scope)
  if (known.person.role !== 'admin') throw new AppError('forbidden', 'This is for administrators.')
  assertMayAdminister(known)
  return known
}

/** @throws AppError `address_not_allowed` */
export function assertMayAdminister({ isElsewhere }: Pick<Scope, 'isElsewhere'>): void {
  if (isElsewhere) throw new AppError('address_not_allowed', 'Administrators may not do this from your address.')
}

/** The only place that judges permissions; administrators have all. @throws AppError `forbidden` that names it */
export function permitted(scope: PublicScope, permission: string): Scope {
  const known = signedIn(scope)
  const { role, permissions } = known.person
  if (role === 'admin' || permissions.includes(permission)) return known
  throw new AppError('forbidden', `This needs the permission ${permission}.`, { details: { permission } })
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
