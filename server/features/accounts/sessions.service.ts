import sql from 'sql-template-tag'
import type { accounts } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { secondsFromNow } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { notFound } from '../../kernel/errors.ts'
import { type Order, pageOf } from '../../kernel/paging.ts'
import { audit } from '../audit/index.ts'
import { presentSession } from './accounts.present.ts'
import type { Authentication } from './authentication.ts'
import { recordEnded } from './session-opening.ts'
import { countSessions, endSession, findSessions, type SessionRow } from './sessions.queries.ts'

interface Deps {
  database: Database
  command: Command
  forget: Authentication['forget']
  sessionIdleTimeout: number
}

const newestFirst: Order<SessionRow> = {
  column: sql`created_at`,
  type: 'timestamptz',
  nullable: false,
  descending: true,
  tie: { column: sql`id`, type: 'uuid' },
  position: row => ({ value: row.created_at, tie: row.id }),
}

/** The list of one's sessions, and how to end them. */
export function createSessions(deps: Deps): Pick<Handlers<typeof accounts>, 'logout' | 'listSessions' | 'endSession'> {
  const { database, command, forget, sessionIdleTimeout } = deps

  return {
    async logout(scope) {
      await command(scope, async tx => {
        if (await endSession(tx, scope.sessionId, scope.person.id, tx.now)) {
          recordEnded(tx, scope.person.id, [scope.sessionId])
          await audit(tx, scope, { action: 'session.closed', resource: 'session', resourceId: scope.sessionId })
        }
      })
      forget({ session_id: scope.sessionId })
    },

    async listSessions(scope, input) {
      const times = { now: secondsFromNow(0), idleSince: secondsFromNow(-sessionIdleTimeout) }
      const live = { userId: scope.person.id, ...times }
      const page = await pageOf(
        input,
        'sessions',
        newestFirst,
        clauses => findSessions(database, live, clauses),
        () => countSessions(database, live),
      )
      return { ...page, results: page.results.map(row => presentSession(row, scope.sessionId)) }
    },

    async endSession(scope, { id }) {
      const answer = await command(scope, async tx => {
        if (!(await endSession(tx, id, scope.person.id, tx.now))) throw notFound()
        recordEnded(tx, scope.person.id, [id])
        await audit(tx, scope, { action: 'session.ended', resource: 'session', resourceId: id })
        return { ended: true as const }
      })
      forget({ session_id: id })
      return answer
    },
  }
}
