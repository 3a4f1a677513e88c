import sql from 'sql-template-tag'
import { system, type Tx } from '../../events/index.ts'
import { isAdministrator } from '../../kernel/can.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { findPasswordHash } from './accounts.queries.ts'
import { type PasswordCheck, wrongPassword } from './password-check.ts'
import { endSessions } from './password.service.ts'
import { deleteFactor } from './second-factor/index.ts'
import { deleteIdentitiesOf } from './single-sign-on/index.ts'
import { changeStanding, lockAccounts } from './standing.ts'

/** How an account ends: first it is closed, and when everything else of the person is erased, so is the account. */
export interface Closing {
  /**
   * Checks the password of a signed-in caller; see `PasswordCheck`.
   *
   * @returns the hash that it was checked against, for `close`
   * @throws AppError `validation_error` on `password`, `reauthentication_required`
   */
  confirm(scope: Scope, password: string | undefined): Promise<string>
  /**
   * Disables the account for good and ends its sessions; their sockets are closed. Once that is committed, no command
   * begins that holds the account open; those that began before may still commit, see `awaitHolders`.
   *
   * @throws AppError `conflict` for the last active administrator, `validation_error` when the password was changed
   *   meanwhile
   */
  close(tx: Tx, scope: Scope, checked: string): Promise<void>
}

export function createClosing({ checkPassword }: { checkPassword: PasswordCheck }): Closing {
  return {
    confirm: (scope, password) => checkPassword(scope, password, 'user.erasure_refused'),

    close: async (tx, scope, checked) => {
      const { id } = scope.person
      const held = await lockAccounts(tx, [id])
      if ((await findPasswordHash(tx, id)) !== checked) throw wrongPassword()
      if (held.get(id)?.is_active !== true) throw conflict('The account is closed already.')
      await changeStanding(tx, scope, held, id, () => ({ is_active: false }))
      await endSessions(tx, id)
    },
  }
}

/** What stands where the name of an erased person stood. */
export const erasedName = 'Deleted user'
/** No name or address that anybody could register. */
export const erasedLogin = (id: number): string => `deleted~${id}`

/** Held while an account is erased. */
const erasing = sql`hashtextextended('taskwire erasure', 0)`

export async function usernameOf(tx: Connection, id: number): Promise<{ username: string; name: string }> {
  const [row] = await tx.query<{ username: string; name: string }>(
    sql`select username, name from users where id = ${id}`,
  )
  if (!row) throw notFound()
  return row
}

/**
 * Removes everything about the person from their account and from what is kept of it: sessions, tokens, kept answers.
 * The row stays, because what they wrote refers to it.
 */
export async function eraseAccount(tx: Tx, id: number): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${erasing})`)
  const [before] = await tx.query<{ role: string; email: string }>(
    sql`select role, email from users where id = ${id} for no key update`,
  )
  await tx.query(sql`
    update users set email = ${erasedLogin(id)}, username = ${erasedLogin(id)}, name = ${erasedName},
      password_hash = '', role = 'user', permissions = '{}', tier = 'free', is_active = false, is_verified = false,
      banned_at = null, last_seen_at = null, erased_at = coalesce(erased_at, ${tx.now}::timestamptz)
    where id = ${id}`)
  await tx.query(sql`delete from sessions where user_id = ${id}`)
  await deleteFactor(tx, id)
  await deleteIdentitiesOf(tx, id)
  await tx.query(sql`delete from password_resets where user_id = ${id}`)
  // Of others only the answers about this account: a membership, or the account for an administrator.
  await tx.query(sql`
    delete from idempotency_keys
    where user_id = ${id} or answer ->> 'email' = ${before?.email ?? ''}
      or (answer ->> 'username' is not null and coalesce(answer ->> 'user_id', answer ->> 'id') = ${String(id)})`)
  tx.record('account_changed', { user_id: id, role_changed: before !== undefined && isAdministrator(before) }, system)
}

/**
 * How many accounts have been erased: if it has risen, what was read meanwhile may name one of these people. Until the
 * end of the transaction no other is, so what this transaction makes known is there when the next one is erased. Not a
 * time, because an erasure takes its time before it is seen.
 */
export async function countErased(tx: Connection): Promise<number> {
  await tx.query(sql`select pg_advisory_xact_lock_shared(${erasing})`)
  return countOf(tx, sql`select count(*) from users where erased_at is not null`)
}
