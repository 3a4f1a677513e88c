import type { Webhook } from '../../../contract/index.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'

const isAdmin = ({ person }: Scope) => person.role === 'admin'

/**
 * The webhook, when the caller may see and manage it: its owner and administrators. For everybody else there is none.
 *
 * @throws AppError `not_found`
 */
export function managed<W extends Pick<Webhook, 'user_id'>>(scope: Scope, webhook: W | undefined): W {
  if (!webhook || (webhook.user_id !== scope.person.id && !isAdmin(scope))) throw notFound()
  return webhook
}

/**
 * Whose webhooks the caller may list, of those asked for; null stands for everybody’s.
 *
 * @throws AppError `forbidden` for those of others
 */
export function listedOwners(scope: Scope, asked: readonly number[] | undefined): readonly number[] | null {
  if (isAdmin(scope)) return asked ?? null
  if (asked?.some(id => id !== scope.person.id)) throw forbidden('Webhooks of others are for administrators.')
  return [scope.person.id]
}
