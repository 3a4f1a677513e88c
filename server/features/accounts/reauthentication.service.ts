import type { accounts } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import type { Authentication } from './authentication.ts'
import type { PasswordCheck } from './password-check.ts'
import { noteAuthenticated } from './sessions.queries.ts'

/** A person in a session that began a while ago shows that it is still they. */
export function createReauthentication(deps: {
  database: Database
  checkPassword: PasswordCheck
  forget: Authentication['forget']
}): Pick<Handlers<typeof accounts>, 'reauthenticate'> {
  return {
    async reauthenticate(scope, { password }) {
      await deps.checkPassword(scope, password, 'session.reauthentication_refused')
      await noteAuthenticated(deps.database, scope.sessionId, new Date().toISOString())
      deps.forget({ session_id: scope.sessionId })
    },
  }
}
