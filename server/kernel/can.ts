import sql, { type Sql } from 'sql-template-tag'
import { keyNeedOf, type Operation, ordinaryPermissions, type Permission } from '../../contract/index.ts'
import { AppError, forbidden, notFound } from './errors.ts'
import type { CallKey, PublicScope, Scope } from './scope.ts'

/** Whoever is judged: who calls, by whatever door, or the person for whom a job works. */
export interface Caller {
  person: Person
  key?: Pick<CallKey, 'permissions'>
  /** Not at an address from which administrators may administer. */
  isElsewhere?: boolean
}

export interface Person {
  id: number
  role: string
  permissions?: readonly string[]
}

/**
 * Something that may be done to an object, and who may do it. Each feature declares its own in its `<feature>.policy.ts`;
 * nothing else judges.
 */
export interface Action<O> {
  /** What is judged before everything else: nobody changes what they do not see. */
  first?(caller: Caller, object: O): AppError | null
  /** What an API key must be allowed to do, beyond what its operation needs; `never` is for sessions only. */
  keyNeeds?(object: O, person: Person): readonly (Permission | 'never')[]
  /** Who may, besides administrators. */
  who(person: Person, object: O): boolean
  /**
   * From where administrators may: `anywhere`, or, for what belongs to somebody else, only from the addresses of
   * `ADMIN_IP_ALLOWLIST`. Absent or `nowhere`: they may what everybody may.
   */
  admins?: Admins | ((object: O) => Admins)
  /** What those who may not are told; by default `forbidden`. */
  otherwise?(): AppError
  /** Why nobody may at the moment, whoever they are. */
  state?(object: O): AppError | null
}

type Admins = 'anywhere' | 'fromTheirAddresses' | 'nowhere'

/**
 * Whether a caller may do something. The only judge, for requests, sockets, resumed rooms, jobs, exports, webhooks and API
 * keys: of operations of the contract, of permissions, and of what features declare about their objects.
 */
export function can(caller: PublicScope, operation: Operation): boolean
export function can(caller: Caller, permission: Permission): boolean
export function can<O>(caller: Caller, action: Action<O>, object: O): boolean
export function can(caller: Caller | PublicScope, action: Operation | Permission | Action<unknown>, object?: unknown) {
  return judge(caller, action, object) === null
}

/** The same as an error that says why a caller may not; null if they may. */
export function refusalOf(caller: PublicScope, operation: Operation): AppError | null
export function refusalOf(caller: Caller, permission: Permission): AppError | null
export function refusalOf<O>(caller: Caller, action: Action<O>, object: O): AppError | null
export function refusalOf(
  caller: Caller | PublicScope,
  action: Operation | Permission | Action<unknown>,
  object?: unknown,
): AppError | null {
  return judge(caller, action, object)
}

/**
 * The same, thrown.
 *
 * @throws AppError for operations and permissions `unauthenticated`, `forbidden`, which names the permission that is
 *   missing, `address_not_allowed`, `reauthentication_required`; for objects what their action says
 */
export function assertCan(caller: PublicScope, operation: Operation): void
export function assertCan(caller: Caller, permission: Permission): void
export function assertCan<O>(caller: Caller, action: Action<O>, object: O): void
export function assertCan(
  caller: Caller | PublicScope,
  action: Operation | Permission | Action<unknown>,
  object?: unknown,
): void {
  const refusal = judge(caller, action, object)
  if (refusal) throw refusal
}

/** The object of a call, if the caller may do this to it. @throws AppError `not_found` if there is none */
export function allowedTo<O>(caller: Caller, action: Action<O>, object: O | undefined): O {
  if (object === undefined) throw notFound()
  assertCan(caller, action, object)
  return object
}

/**
 * The condition in SQL for the rows to which somebody may do this. It stands beside `who` of the action and says the same
 * of many rows; the part of administrators is not repeated.
 */
export const rowsFor = <O>(person: Person, action: Action<O>, others: () => Sql): Sql =>
  isForAll(person, action) ? sql`true` : others()

/** Whether somebody may do this to every object. */
export const isForAll = <O>(person: Person, { admins }: Action<O>): boolean =>
  admins === 'anywhere' && isAdministrator(person)

/** For what is stored or told about a role; whether somebody may do something asks `can`. */
export const isAdministrator = ({ role }: Pick<Person, 'role'>): boolean => role === 'admin'

function judge(
  caller: Caller | PublicScope,
  action: Operation | Permission | Action<unknown>,
  object: unknown,
): AppError | null {
  if (typeof action === 'string') return ofPermission(caller as Caller, action)
  return 'who' in action ? ofObject(caller as Caller, action, object) : ofOperation(caller as PublicScope, action)
}

function ofObject(caller: Caller, action: Action<unknown>, object: unknown): AppError | null {
  const before = action.first?.(caller, object)
  if (before) return before
  if (caller.key && action.keyNeeds)
    for (const need of action.keyNeeds(object, caller.person)) {
      const refusal = need === 'never' ? sessionsOnly() : ofPermission(caller, need)
      if (refusal) return refusal
    }
  if (!action.who(caller.person, object)) {
    const { admins = 'nowhere' } = action
    const from = typeof admins === 'function' ? admins(object) : admins
    if (from === 'nowhere' || !isAdministrator(caller.person)) return (action.otherwise ?? forbidden)()
    if (from === 'fromTheirAddresses' && caller.isElsewhere) return elsewhere()
  }
  return action.state?.(object) ?? null
}

/** The account must have the permission, and an API key must have it too. */
function ofPermission({ person, key }: Caller, permission: Permission): AppError | null {
  const isHad = accountHas(person, permission) && (key === undefined || key.permissions.includes(permission))
  return isHad ? null : lacking(permission)
}

/** Administrators have every permission, others the ordinary ones and those that they were given. */
const accountHas = ({ role, permissions = [] }: Person, permission: Permission) =>
  role === 'admin' ||
  (permission !== 'admin' && (ordinaryPermissions.has(permission) || permissions.includes(permission)))

function ofOperation(scope: PublicScope, operation: Operation): AppError | null {
  if (operation.access === 'public') return null
  if (!isSignedIn(scope)) return notSignedIn()
  if (scope.key) {
    const need = keyNeedOf(operation)
    if (need === 'never') return sessionsOnly()
    // With `rooms`, those in the input decide.
    if (need !== 'rooms' && !scope.key.permissions.includes(need)) return lacking(need)
  }
  if (operation.access === 'admin') {
    if (!isAdministrator(scope.person)) return new AppError('forbidden', 'This is for administrators.')
    if (scope.isElsewhere) return elsewhere()
  }
  if (operation.recent && !isRecent(scope)) return notRecent()
  return operation.permission === undefined ? null : ofPermission(scope, operation.permission)
}

/** The refusal for want of a permission. */
export const lacking = (permission: Permission): AppError =>
  new AppError('forbidden', `This needs the permission ${permission}.`, { details: { permission } })

const sessionsOnly = () => new AppError('forbidden', 'API keys may not do this: sign in.')
const elsewhere = () => new AppError('address_not_allowed', 'Administrators may not do this from your address.')
const notSignedIn = () => new AppError('unauthenticated', 'Sign in first.')
const notRecent = () => new AppError('reauthentication_required', 'Confirm your password first, or sign in again.')

const isSignedIn = (scope: PublicScope): scope is Scope =>
  scope.person !== null && (scope.sessionId !== null || scope.key !== undefined)

/** @throws AppError `unauthenticated` */
export function signedIn(scope: PublicScope): Scope {
  if (!isSignedIn(scope)) throw notSignedIn()
  return scope
}

/** How long after a sign-in a session may change what lets its person in. */
export const recentSignInSeconds = 900

const isRecent = ({ authenticatedAt: at }: Pick<Scope, 'authenticatedAt'>) =>
  at !== undefined && Date.now() - Date.parse(at) < 1_000 * recentSignInSeconds

/**
 * For changes of what lets a person in: whoever finds an open browser, or steals a token, must not make the account
 * their own.
 *
 * @throws AppError `reauthentication_required`
 */
export function recentlySignedIn(scope: PublicScope): Scope {
  const known = signedIn(scope)
  if (!isRecent(known)) throw notRecent()
  return known
}
