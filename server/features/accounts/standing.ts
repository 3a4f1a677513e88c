import type { User } from '../../../contract/index.ts'
import { system, type Tx } from '../../events/index.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { notify } from '../notifications/index.ts'
import { presentUser } from './accounts.present.ts'
import { lockAdminsAnd, type Standing, updateStanding } from './accounts.queries.ts'
import { recordEnded } from './session-opening.ts'
import { findOpenSessionIds } from './sessions.queries.ts'

type Change = { [Field in keyof Standing]?: Standing[Field] | undefined }

const rules = (user: Standing) => user.role === 'admin' && user.is_active

/**
 * Changes what an account is and may do. There is always an active admin afterwards: all of them are locked first, so
 * two that demote one another come one after the other.
 *
 * @param by who changes it, for the person concerned to be told
 * @param wanted given the account as it is now; absent fields stay
 * @throws AppError `not_found`, `conflict` when it is the last active admin
 */
export async function changeStanding(
  tx: Tx,
  by: Pick<User, 'id' | 'name'>,
  id: number,
  wanted: (now: User) => Change,
): Promise<User> {
  const locked = await lockAdminsAnd(tx, id)
  const user = locked.find(row => row.id === id)
  if (!user) throw notFound()

  const next = changed(user, wanted(user))
  if (!next) return presentUser(user)
  if (rules(user) && !rules(next) && !locked.some(other => other.id !== id && rules(other))) {
    throw conflict('This is the last active administrator.')
  }

  const updated = await updateStanding(tx, id, next)
  tx.record('account_changed', { user_id: id, role_changed: next.role !== user.role }, system)
  if (next.role !== user.role) {
    const message =
      next.role === 'admin' ? `${by.name} made you an administrator` : `${by.name} ended your administration`
    await notify(tx, by.id, [{ userId: id, type: 'role_changed', message, data: { role: next.role, by: by.id } }])
  }
  // The sessions stay, for the day the account is enabled again; only their sockets are closed.
  if (user.is_active && !next.is_active) recordEnded(tx, id, await findOpenSessionIds(tx, id), 'account_disabled')
  return presentUser(updated)
}

/** Null when everything stays as it is. */
function changed(user: User, wanted: Change): Standing | null {
  const next: Standing = {
    role: wanted.role ?? user.role,
    permissions: wanted.permissions ? [...new Set(wanted.permissions)] : user.permissions,
    is_active: wanted.is_active ?? user.is_active,
    is_verified: wanted.is_verified ?? user.is_verified,
    tier: wanted.tier ?? user.tier,
  }
  const fields = Object.keys(next) as (keyof Standing)[]
  return fields.some(field => String(next[field]) !== String(user[field])) ? next : null
}
