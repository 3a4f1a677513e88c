import type { Database } from '../../ports/database.ts'
import type { Logger } from '../../kernel/logger.ts'
import { touchUser } from './accounts.queries.ts'
import type { Access } from './session-states.ts'
import { touchSession } from './sessions.queries.ts'

/** Notes that a session is in use, without the request's waiting for it or failing with it. */
export type NoteActivity = (sessionId: string, access: Access) => void

/**
 * Once a minute is enough for people to see and for a time-out of days. Where that is set to less than two minutes, it
 * is half of it, or sessions would end that are in use.
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
    // Whoever shares this answer need not do it again.
    session.last_active_at = at
    // Two statements and no transaction: nothing holds one of the rows while it waits for the other.
    const noted = [touchSession(deps.database, sessionId, at, before), touchUser(deps.database, person.id, at, before)]
    Promise.all(noted).catch(error => deps.log.debug({ err: error }, 'activity of a session was not noted'))
  }
}
