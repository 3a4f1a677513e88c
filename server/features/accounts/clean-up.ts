import { secondsFromNow } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { deleteExpiredResets, deleteSpentTokens } from './secrets.queries.ts'
import { deleteLongEnded } from './sessions.queries.ts'

/** Until then a token of an ended session is still told why it is refused. */
const keepEndedSeconds = 30 * 24 * 3600

/**
 * Deletes what can decide nothing any more. Spent refresh tokens are kept as long as one lives: by them a stolen copy is
 * recognised.
 */
export function createCleanUp(deps: { database: Database; refreshTokenTtl: number }): () => Promise<void> {
  return async () => {
    await deleteLongEnded(deps.database, secondsFromNow(-keepEndedSeconds))
    await deleteSpentTokens(deps.database, secondsFromNow(-deps.refreshTokenTtl))
    await deleteExpiredResets(deps.database, secondsFromNow(0))
  }
}
