import {
  dottedNames,
  type Permission,
  permissionOfEvent,
  type Webhook,
  webhookNamesOf,
} from '../../../contract/index.ts'
import { type Action, assertCan, can } from '../../kernel/can.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'

/** To see and change a webhook: its owner and administrators. For everybody else there is none. */
export const manageWebhook: Action<Pick<Webhook, 'user_id'>> = {
  who: ({ id }, { user_id }) => user_id === id,
  admins: 'fromTheirAddresses',
  otherwise: notFound,
}

/** To list the webhooks of these people; null stands for everybody. */
const listWebhooks: Action<readonly number[] | null> = {
  who: ({ id }, owners) => owners !== null && owners.every(owner => owner === id),
  admins: 'fromTheirAddresses',
  otherwise: () => forbidden('Webhooks of others are for administrators.'),
}

/**
 * Whose webhooks the caller lists, of those asked for; by default all that they may list.
 *
 * @throws AppError `forbidden` for those of others, `address_not_allowed`
 */
export function listedOwners(scope: Scope, asked: readonly number[] | undefined): readonly number[] | null {
  if (asked) assertCan(scope, listWebhooks, asked)
  return asked ?? (can(scope, listWebhooks, null) ? null : [scope.person.id])
}

/** What an API key needs for the events of a name; application events need nothing. */
const permissionsOfName = new Map<string, Set<Permission>>()
const permissionsOfAll = new Set<Permission>()
for (const event of Object.keys(dottedNames)) {
  const permission = permissionOfEvent(event)
  if (permission === null) continue
  permissionsOfAll.add(permission)
  for (const name of webhookNamesOf(event))
    permissionsOfName.set(name, (permissionsOfName.get(name) ?? new Set()).add(permission))
}

/**
 * To have events of these names sent. A webhook gets what its owner may read, so an API key can have sent only what it may
 * read itself. `*` is everything, for an administrator also what administrators get.
 */
export const receiveEvents: Action<readonly string[]> = {
  keyNeeds: (names, { role }) =>
    names.flatMap(name =>
      name === '*'
        ? [...permissionsOfAll, ...(role === 'admin' ? (['admin'] as const) : [])]
        : [...(permissionsOfName.get(name) ?? [])],
    ),
  who: () => true,
}
