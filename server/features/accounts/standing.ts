import type { User } from '../../../contract/index.ts'
import { person, system, type Tx } from '../../events/index.ts'
import { isAdministrator } from '../../kernel/can.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { audit, type Audited } from '../audit/index.ts'
import { notify } from '../notifications/index.ts'
import { presentUser } from './accounts.present.ts'
import { isBeingErased, lockAdminsAnd, type Standing, updateStanding } from './accounts.queries.ts'
import { recordEnded } from './session-opening.ts'
import { findOpenSessionIds } from './sessions.queries.ts'

export type Change = { [Field in keyof Standing]?: Standing[Field] | undefined }

/** Who makes the change; the person concerned is notified, and the change is audited. */
type By = Pick<Scope, 'person' | 'address' | 'userAgent'>

const rules = (user: Standing) => isAdministrator(user) && user.is_active

/** Locked accounts by id, with all active administrators. Updated when one of them is changed. */
export type HeldAccounts = Map<number, User>

/**
 * Locks accounts for a change together with all active administrators, so that two who demote each other do so one
 * after the other. A transaction locks everything that it changes at once; otherwise two transactions could block each
 * other.
 */
export async function lockAccounts(tx: Tx, ids: readonly number[]): Promise<HeldAccounts> {
  return new Map((await lockAdminsAnd(tx, ids)).map(row => [row.id, row]))
}

/**
 * Changes what an account is and may do. There is always an active administrator afterwards.
 *
 * @param wanted given the account as it is now; absent fields stay
 * @param reason why, for the audit log
 * @returns the account, and what is to be audited when all is done; null when nothing has changed
 * @throws AppError `not_found`, `conflict` when it is the last active admin, or banned or being erased and to be
 *   enabled; then nothing has been written
 */
export async function changeStanding(
  tx: Tx,
  by: By,
  held: HeldAccounts,
  id: number,
  wanted: (now: User) => Change,
  reason?: string,
): Promise<{ user: User; audited: Audited | null }> {
  const user = held.get(id)
  if (!user) throw notFound()

  const next = changed(user, wanted(user))
  if (!next) return { user: presentUser(user), audited: null }
  if (rules(user) && !rules(next) && ![...held.values()].some(other => other.id !== id && rules(other))) {
    throw conflict('This is the last active administrator.')
  }
  if (next.is_banned && next.is_active && !user.is_active) {
    throw conflict('This account is banned; lift the ban first.')
  }
  if (next.is_active && !user.is_active && (await isBeingErased(tx, id)))
    throw conflict('The data of this person are being erased.')

  const updated = await updateStanding(tx, id, next, tx.now)
  held.set(id, updated)
  const disabled = user.is_active && !next.is_active
  tx.record(
    'account_changed',
    { user_id: id, role_changed: next.role !== user.role, ...(disabled && { disabled }) },
    system,
  )
  if (next.is_verified && !user.is_verified) {
    tx.record('user_verified', { user_id: id, verified_by: by.person.id }, person(id))
  }
  if (next.role !== user.role) {
    const { id: byId, name } = by.person
    const message = isAdministrator(next) ? `${name} made you an administrator` : `${name} ended your administration`
    await notify(tx, byId, [{ userId: id, type: 'role_changed', message, data: { role: next.role, by: byId } }])
  }
  // The sessions are kept until the account is enabled again; only their sockets are closed.
  if (disabled) recordEnded(tx, id, await findOpenSessionIds(tx, id), 'account_disabled')
  const details = { changes: differences(user, next) }
  const personal = reason === undefined ? undefined : { reason }
  return {
    user: presentUser(updated),
    audited: { action: 'user.updated', resource: 'user', resourceId: id, details, personal },
  }
}

/** Changes one account and audits it. */
export async function changeOneStanding(tx: Tx, scope: Scope, id: number, wanted: (now: User) => Change) {
  const { user, audited } = await changeStanding(tx, scope, await lockAccounts(tx, [id]), id, wanted)
  if (audited) await audit(tx, scope, audited)
  return user
}

/** Null when nothing changes. */
function changed(user: User, wanted: Change): Standing | null {
  const next: Standing = {
    role: wanted.role ?? user.role,
    permissions: wanted.permissions ? [...new Set(wanted.permissions)] : user.permissions,
    is_active: wanted.is_active ?? user.is_active,
    is_verified: wanted.is_verified ?? user.is_verified,
    is_banned: wanted.is_banned ?? user.is_banned,
    tier: wanted.tier ?? user.tier,
  }
  return Object.keys(differences(user, next)).length > 0 ? next : null
}

function differences(before: Standing, after: Standing) {
  const fields = (Object.keys(after) as (keyof Standing)[]).filter(
    field => JSON.stringify(after[field]) !== JSON.stringify(before[field]),
  )
  return Object.fromEntries(fields.map(field => [field, { from: before[field], to: after[field] }]))
}
