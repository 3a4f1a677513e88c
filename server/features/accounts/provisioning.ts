import sql from 'sql-template-tag'
import { accounts, limits, type User } from '../../../contract/index.ts'
import { system, type Tx } from '../../events/index.ts'
import { parse } from '../../kernel/bind.ts'
import type { Scope } from '../../kernel/scope.ts'
import { audit } from '../audit/index.ts'
import { notifyOfSecurity } from '../notifications/index.ts'
import { insertUser, lockUser } from './accounts.queries.ts'
import { noPassword } from './password-check.ts'
import { endSessions } from './password.service.ts'
import { deleteResetsOf } from './secrets.queries.ts'
import { changeStanding, lockAccounts } from './standing.ts'
import { freeUsername, usernameFrom } from './usernames.ts'

/**
 * Makes and changes accounts for an identity provider that administers them. The provider vouches for addresses. An
 * account gets no password; its person signs in at the provider, or sets one by e-mail.
 */
export interface Provisioning {
  make(tx: Tx, scope: Scope, wanted: { email: string; userName: string; name: string | null }): Promise<User>
  /** Locks an account before it is read and changed, in the order of every change of accounts. */
  hold(tx: Tx, id: number): Promise<void>
  /** @returns whether anything has changed @throws AppError `validation_error` */
  rename(
    tx: Tx,
    scope: Scope,
    id: number,
    wanted: { email?: string | undefined; name?: string | null },
  ): Promise<boolean>
  /**
   * Enables or disables an account. Disabling ends its sessions for good, with their sockets, and its API keys stop.
   *
   * @returns whether anything has changed
   * @throws AppError `conflict` for the last active administrator, a banned account, and one that is being erased
   */
  setActive(tx: Tx, scope: Scope, id: number, isActive: boolean): Promise<boolean>
}

const { email: emailShape, name: nameShape } = accounts.operations.register.body.shape

export const provisioning: Provisioning = {
  async make(tx, scope, { email: given, userName, name: givenName }) {
    const email = parse(emailShape, given, 'emails')
    const username = await freeUsername(tx, usernameFrom(userName))
    const name = givenName === null ? username : (parse(nameShape, givenName, 'displayName') ?? username)
    const account = { email, username, name, passwordHash: noPassword, role: 'user' as const, isVerified: true }
    const user = await insertUser(tx, { ...account, name: name.slice(0, limits.personName) }, tx.now)
    await audit(tx, scope, { action: 'user.provisioned', resource: 'user', resourceId: user.id })
    return user
  },

  async hold(tx, id) {
    await lockAccounts(tx, [id])
  },

  async rename(tx, scope, id, wanted) {
    const user = (await lockUser(tx, id))!
    const email = wanted.email === undefined ? user.email : parse(emailShape, wanted.email, 'emails')
    const name =
      wanted.name === undefined
        ? user.name
        : wanted.name === null
          ? user.username
          : parse(nameShape, wanted.name, 'displayName')!
    if (email === user.email && name === user.name) return false
    await tx.query(sql`update users set email = ${email}, name = ${name}, is_verified = true where id = ${id}`)
    // What was sent to the former address for a new password is no way in any more.
    if (email !== user.email) await deleteResetsOf(tx, id)
    if (email !== user.email)
      await notifyOfSecurity(tx, id, 'The e-mail address of your account was changed by an identity provider.')
    tx.record('account_changed', { user_id: id, role_changed: false }, system)
    const changes = {
      ...(email !== user.email && { email: { from: user.email, to: email } }),
      ...(name !== user.name && { name: { from: user.name, to: name } }),
    }
    await audit(tx, scope, { action: 'user.renamed', resource: 'user', resourceId: id, personal: { changes } })
    return true
  },

  async setActive(tx, scope, id, isActive) {
    const held = await lockAccounts(tx, [id])
    const { audited } = await changeStanding(tx, scope, held, id, () => ({ is_active: isActive }))
    if (!audited) return false
    // The fence is recorded already, with the reason; here the sessions end for good.
    if (!isActive) await endSessions(tx, id)
    await audit(tx, scope, audited)
    return true
  },
}
