import type { Webhook } from '../../../contract/index.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import { mayAdminister, type Scope } from '../../kernel/scope.ts'

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
