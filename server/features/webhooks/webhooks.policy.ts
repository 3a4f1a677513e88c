import { dottedNames, permissionOfEvent, type Webhook, webhookNamesOf } from '../../../contract/index.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import { lacking, mayAdminister, type Scope } from '../../kernel/scope.ts'

/**
 * The webhook, when the caller may see and manage it: its owner and administrators. For everybody else there is none.
 *
 * @throws AppError `not_found`, `address_not_allowed`
 */
export function managed<W extends Pick<Webhook, 'user_id'>>(scope: Scope, webhook: W | undefined): W {
  if (!webhook || (webhook.user_id !== scope.person.id && !mayAdminister(scope))) throw notFound()
  return webhook
}

/**
 * Whose webhooks the caller may list, of those asked for; null stands for everybody’s.
 *
 * @throws AppError `forbidden` for those of others, `address_not_allowed`
 */
export function listedOwners(scope: Scope, asked: readonly number[] | undefined): readonly number[] | null {
  const { person, isElsewhere } = scope
  if (asked?.some(id => id !== person.id) && !mayAdminister(scope))
    throw forbidden('Webhooks of others are for administrators.')
  return asked ?? (person.role === 'admin' && !isElsewhere ? null : [person.id])
}

/** What an API key needs for the events of a name; application events need nothing. */
const permissionsOfName = new Map<string, Set<string>>()
const permissionsOfAll = new Set<string>()
for (const event of Object.keys(dottedNames)) {
  const permission = permissionOfEvent(event)
  if (permission === null) continue
  permissionsOfAll.add(permission)
  for (const name of webhookNamesOf(event))
    permissionsOfName.set(name, (permissionsOfName.get(name) ?? new Set()).add(permission))
}

/**
 * A webhook gets what its owner may read, so an API key can have sent only what it may read itself. `*` is everything,
 * for an administrator also what administrators get.
 *
 * @throws AppError `forbidden`, which names the permission that the key lacks
 */
export function assertReadable({ key, person }: Scope, names: readonly string[]): void {
  if (!key) return
  const needed = names.flatMap(name =>
    name === '*'
      ? [...permissionsOfAll, ...(person.role === 'admin' ? ['admin'] : [])]
      : [...(permissionsOfName.get(name) ?? [])],
  )
  const missing = needed.find(permission => !key.permissions.includes(permission))
  if (missing !== undefined) throw lacking(missing)
}
