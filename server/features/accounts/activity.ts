import type { Database } from '../../ports/database.ts'
import type { Logger } from '../../kernel/logger.ts'
import { touchUser } from './accounts.queries.ts'
import type { Access } from './session-states.ts'
import { touchSession } from './sessions.queries.ts'

/** Records that a session is in use. The request neither waits for this nor fails with it. */
export type NoteActivity = (sessionId: string, access: Access) => void

/**
 * Once a minute is exact enough for people and for a time-out of days. When the time-out is shorter than two minutes,
 * half of it is used; otherwise sessions in use would end.
 */
export const noteEveryMs = (sessionIdleTimeout: number) => Math.min(60_000, sessionIdleTimeout * 500)

export function createNoteActivity(deps: {
  database: Database
  sessionIdleTimeout: number
  log: Logger
}): NoteActivity {
  const everyMs = noteEveryMs(deps.sessionIdleTimeout)

  return (sessionId, { person, session }) => {
    const now = Date.now()
    if (!session || now - Date.parse(session.last_active_at) < everyMs) return
    const at = new Date(now).toISOString()
    const before = new Date(now - everyMs).toISOString()
    // Other callers that share this answer need not record it again.
    session.last_active_at = at
    // Two statements without a transaction, so that neither row is locked while the other is waited for.
    const noted = [touchSession(deps.database, sessionId, at, before), touchUser(deps.database, person.id, at, before)]
    Promise.all(noted).catch(error => deps.log.debug({ err: error }, 'activity of a session was not noted'))
  }
}
