import type { accounts } from '../../../contract/index.ts'
import { type Command, system } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { presentUser } from './accounts.present.ts'
import { lockUser, updateNames } from './accounts.queries.ts'
import type { Authentication } from './authentication.ts'
import { explainTaken } from './taken.ts'

interface Deps {
  database: Database
  command: Command
  forget: Authentication['forget']
}

type Names = Record<'name' | 'username', string>

const differencesOf = (before: Names, after: Names) =>
  Object.fromEntries(
    (['name', 'username'] as const)
      .filter(field => before[field] !== after[field])
      .map(field => [field, { from: before[field], to: after[field] }]),
  )

/** The caller's own account, as far as its owner may change it. */
export function createProfile(deps: Deps): Pick<Handlers<typeof accounts>, 'me' | 'updateMe'> {
  return {
    me: async scope => scope.person,

    async updateMe(scope, input) {
      const { id } = scope.person
      const updated = await explainTaken(deps.database, { username: input.username, exceptId: id }, () =>
        deps.command(scope, async tx => {
          const user = await lockUser(tx, id)
          if (!user) throw notFound()
          const names = { name: input.name ?? user.name, username: input.username ?? user.username }
          if (names.name === user.name && names.username === user.username) return presentUser(user)
          const changed = await updateNames(tx, id, names)
          tx.record('account_changed', { user_id: id, role_changed: false }, system)
          const personal = { changes: differencesOf(user, names) }
          await audit(tx, scope, { action: 'user.renamed', resource: 'user', resourceId: id, personal })
          return presentUser(changed)
        }),
      )
      deps.forget({ user_id: id })
      return updated
    },
  }
}
