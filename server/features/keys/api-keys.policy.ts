import type { ApiKey, Permission } from '../../../contract/index.ts'
import { AppError, forbidden, notFound } from '../../kernel/errors.ts'
import { mayAdminister, mayGive, type Scope } from '../../kernel/scope.ts'

/**
 * The key, when the caller may see and end it: its owner and administrators. For everybody else there is none.
 *
 * @throws AppError `not_found`, `address_not_allowed`
 */
export function seen(scope: Scope, key: ApiKey | undefined): ApiKey {
  if (!key || (key.user_id !== scope.person.id && !mayAdminister(scope))) throw notFound()
  return key
}

/** The key, when it is the caller's: nobody else changes it or gets its secret. @throws AppError `not_found`, `forbidden` */
export function owned(scope: Scope, key: ApiKey | undefined): ApiKey {
  const found = seen(scope, key)
  if (found.user_id !== scope.person.id) throw forbidden('Only its owner may do this; you may revoke it.')
  return found
}

/** A key gets nothing that its owner may not do. @throws AppError `forbidden` that names the permission */
export function assertGiven(scope: Scope, permissions: readonly Permission[]): void {
  const permission = permissions.find(one => !mayGive(scope.person, one))
  if (permission === undefined) return
  throw new AppError('forbidden', `You do not have the permission ${permission}.`, { details: { permission } })
}

/**
 * Whose keys the caller may list, of those asked for: by default one's own.
 *
 * @throws AppError `forbidden` for those of others, `address_not_allowed`
 */
export function listedOwners(scope: Scope, asked: readonly number[] | undefined): readonly number[] {
  const { id } = scope.person
  if (asked?.some(one => one !== id) && !mayAdminister(scope))
    throw forbidden('API keys of others are for administrators.')
  return asked ?? [id]
}
