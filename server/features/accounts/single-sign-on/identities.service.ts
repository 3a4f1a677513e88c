import sql from 'sql-template-tag'
import type { identities, Identity } from '../../../../contract/index.ts'
import type { Command } from '../../../events/index.ts'
import type { Handlers } from '../../../kernel/bind.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { type Order, pageOf } from '../../../kernel/paging.ts'
import type { Database } from '../../../ports/database.ts'
import type { IdentityProvider } from '../../../ports/identity-provider.ts'
import { audit } from '../../audit/index.ts'
import { notifyOfSecurity } from '../../notifications/index.ts'
import { lockUser } from '../accounts.queries.ts'
import type { Authentication } from '../authentication.ts'
import { recordEnded } from '../session-opening.ts'
import type { SignOnFlow } from './flow.ts'
import {
  countIdentities,
  countOtherWaysIn,
  deleteIdentity,
  endSessionsBy,
  findIdentities,
  type IdentityRow,
} from './identities.queries.ts'

const inOrder: Order<IdentityRow> = {
  column: sql`linked_at`,
  type: 'timestamptz',
  nullable: false,
  descending: true,
  tie: { column: sql`id`, type: 'int8' },
  position: row => ({ value: row.linked_at, tie: row.id }),
}

interface Deps {
  database: Database
  command: Command
  providers: readonly IdentityProvider[]
  forget: Authentication['forget']
  ticketFor: SignOnFlow['ticketFor']
  /** Below which people reach the server. */
  basePath: string
}

/** What people see, link and remove of their accounts elsewhere. `flow.ts` is the way to a provider and back. */
export function createIdentities(deps: Deps): Handlers<typeof identities> {
  const { database, command, providers, forget } = deps
  const nameOf = (id: string) => providers.find(provider => provider.id === id)?.name ?? id
  const present = (row: IdentityRow): Identity => ({
    id: row.id,
    provider: row.provider,
    provider_name: nameOf(row.provider),
    email: row.email,
    linked_at: row.linked_at,
    last_used_at: row.last_used_at,
  })

  return {
    providers: () => Promise.resolve(providers.map(({ id, name }) => ({ id, name }))),

    async list({ person }, input) {
      const page = await pageOf(
        input,
        'identities',
        inOrder,
        clauses => findIdentities(database, person.id, clauses),
        () => countIdentities(database, person.id),
      )
      return { ...page, results: page.results.map(present) }
    },

    link(scope, { id, return_to }) {
      const query = new URLSearchParams({ link: deps.ticketFor(scope, id, return_to) })
      return Promise.resolve({ url: `${deps.basePath}/api/v1/auth/oidc/${id}/start?${query}` })
    },

    async unlink(scope, { id }) {
      const { id: userId } = scope.person
      await command(scope, async tx => {
        const user = await lockUser(tx, userId)
        const removed = await deleteIdentity(tx, id, userId)
        if (!user || !removed) throw notFound()
        const issuers = providers.map(({ issuer }) => issuer)
        if (!user.has_password && (await countOtherWaysIn(tx, userId, id, issuers)) === 0)
          throw conflict('This is your only way in. Set a password first, or link another account.')
        recordEnded(tx, userId, await endSessionsBy(tx, { ...removed, exceptId: scope.sessionId }, tx.now))
        const unlinked = { action: 'identity.unlinked', resource: 'identity', resourceId: id }
        await audit(tx, scope, { ...unlinked, details: { provider: removed.provider } })
        const { name = removed.provider } = providers.find(one => one.id === removed.provider) ?? {}
        await notifyOfSecurity(tx, userId, `A linked account of ${name} was removed from yours.`)
      })
      forget({ user_id: userId })
    },
  }
}
