import type { ApiKey, Permission } from '../../../contract/index.ts'
import { type Action, assertCan, can, refusalOf } from '../../kernel/can.ts'
import { AppError, forbidden, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'

/** To see a key and to end it: its owner and administrators. For everybody else there is none. */
export const seeKey: Action<Pick<ApiKey, 'user_id'>> = {
  who: ({ id }, { user_id }) => user_id === id,
  admins: 'fromTheirAddresses',
  otherwise: notFound,
}

/** To change a key and to get its secret: nobody but its owner. */
export const changeKey: Action<Pick<ApiKey, 'user_id'>> = {
  first: (caller, key) => refusalOf(caller, seeKey, key),
  who: ({ id }, { user_id }) => user_id === id,
  otherwise: () => forbidden('Only its owner may do this; you may revoke it.'),
}

/** A key gets nothing that its owner may not do. @throws AppError `forbidden` that names the permission */
export function assertGiven({ person }: Scope, permissions: readonly Permission[]): void {
  const permission = permissions.find(one => !can({ person }, one))
  if (permission === undefined) return
  throw new AppError('forbidden', `You do not have the permission ${permission}.`, { details: { permission } })
}

/** To list the keys of these people. */
const listKeys: Action<readonly number[]> = {
  who: ({ id }, owners) => owners.every(owner => owner === id),
  admins: 'fromTheirAddresses',
  otherwise: () => forbidden('API keys of others are for administrators.'),
}

/**
 * Whose keys the caller lists, of those asked for; by default one's own.
 *
 * @throws AppError `forbidden` for those of others, `address_not_allowed`
 */
export function listedOwners(scope: Scope, asked: readonly number[] = [scope.person.id]): readonly number[] {
  assertCan(scope, listKeys, asked)
  return asked
}
