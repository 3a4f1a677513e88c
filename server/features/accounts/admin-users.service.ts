import sql from 'sql-template-tag'
import type { adminUsers, User } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Mail } from '../../ports/mail.ts'
import { type Order, orderFor, pageOf } from '../../kernel/paging.ts'
import { audit } from '../audit/index.ts'
import { notifyOfSecurity } from '../notifications/index.ts'
import type { Jobs } from '../jobs/index.ts'
import { presentUser } from './accounts.present.ts'
import { findUser, lockUser } from './accounts.queries.ts'
import type { Authentication } from './authentication.ts'
import { bulkUserAction } from './bulk-action.ts'
import { countAccounts, findAccounts } from './directory.queries.ts'
import { endSessions } from './password.service.ts'
import { hashToken, newSecretToken, resetTokenSeconds, type TokenDeriver } from './secret-tokens.ts'
import { removeFactor } from './second-factor/index.ts'
import { resetEmail } from './reset-email.ts'
import { deleteResetsOf, insertReset } from './secrets.queries.ts'
import { changeOneStanding } from './standing.ts'

interface Deps {
  database: Database
  command: Command
  forget: Authentication['forget']
  resetTokenOf: TokenDeriver
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  mail: Mail
  publicUrl: string | undefined
}

const newestFirst: Order<User> = orderFor(
  { created_at: { column: sql`created_at`, type: 'timestamptz' } },
  '-created_at',
)

/** Accounts as administrators see and change them. */
export function createAdminUsers(deps: Deps): Handlers<typeof adminUsers> {
  const { database, command, forget, resetTokenOf, jobs, mail, publicUrl } = deps
  const bulk = bulkUserAction(forget)
  jobs.register(bulk)

  return {
    async list(_scope, { page, page_size, cursor, ...filter }) {
      const found = await pageOf(
        { page, page_size, cursor },
        ['accounts', filter],
        newestFirst,
        clauses => findAccounts(database.reads, filter, clauses),
        () => countAccounts(database.reads, filter),
      )
      return { ...found, results: found.results.map(presentUser) }
    },

    async get(_scope, { id }) {
      const user = await findUser(database, id)
      if (!user) throw notFound()
      return presentUser(user)
    },

    async update(scope, { id, ...wanted }) {
      const user = await command(scope, tx => changeOneStanding(tx, scope, id, () => wanted))
      forget({ user_id: id })
      return user
    },

    async toggleActive(scope, { id }) {
      const user = await command(scope, tx => changeOneStanding(tx, scope, id, now => ({ is_active: !now.is_active })))
      forget({ user_id: id })
      return user
    },

    async resetPassword(scope, { id }) {
      // The answer of a command may be kept for its idempotency key, and the token must not be kept. So the answer is a
      // seed, from which only this server can derive the token.
      const made = await command(scope, async tx => {
        const user = await lockUser(tx, id)
        if (!user) throw notFound()
        const seed = newSecretToken()
        const expires_at = secondsFromNow(resetTokenSeconds)
        await deleteResetsOf(tx, id)
        await Promise.all([insertReset(tx, hashToken(resetTokenOf(seed)), id, expires_at), endSessions(tx, id)])
        await audit(tx, scope, { action: 'user.password_reset', resource: 'user', resourceId: id })
        await notifyOfSecurity(
          tx,
          id,
          'An administrator has reset your password and ended your sessions: set a new one with the link that you get.',
        )
        return { seed, expires_at, email: user.email }
      })
      forget({ user_id: id })
      const reset_token = resetTokenOf(made.seed)
      mail.send(resetEmail(made.email, reset_token, publicUrl))
      return { reset_token, expires_at: made.expires_at }
    },

    async removeTwoFactor(scope, { id }) {
      const user = await command(scope, async tx => {
        if ((await removeFactor(tx, scope, id, 'user.two_factor_removed')) !== 'on') throw notFound()
        await endSessions(tx, id, id === scope.person.id ? scope.sessionId : null)
        return presentUser((await findUser(tx, id))!)
      })
      forget({ user_id: id })
      return user
    },

    bulkAction: (scope, asked) =>
      command(scope, tx => {
        const input = { ...asked, address: scope.address, userAgent: scope.userAgent }
        return jobs.enqueue(tx, scope, { type: bulk.type, input, totalItems: new Set(asked.user_ids).size })
      }),
  }
}
