import type { accounts } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import type { Authentication } from './authentication.ts'
import { hasPassword, type PasswordCheck } from './password-check.ts'
import { noteAuthenticated } from './sessions.queries.ts'

/** A person in a session that began a while ago shows that it is still they. */
export function createReauthentication(deps: {
  database: Database
  checkPassword: PasswordCheck
  forget: Authentication['forget']
}): Pick<Handlers<typeof accounts>, 'reauthenticate'> {
  return {
    async reauthenticate(scope, { password }) {
      const checked = await deps.checkPassword(scope, password, 'session.reauthentication_refused')
      // Without a password they have shown nothing new: the time of the sign-in stays.
      if (!hasPassword(checked)) return
      await noteAuthenticated(deps.database, scope.sessionId, new Date().toISOString())
      deps.forget({ session_id: scope.sessionId })
    },
  }
}
