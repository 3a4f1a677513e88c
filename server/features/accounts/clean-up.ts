import { secondsFromNow } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { deleteExpiredChallenges } from './second-factor/index.ts'
import { deleteExpiredResets, deleteSpentTokens } from './secrets.queries.ts'
import { deleteOldLogouts } from './single-sign-on/index.ts'
import { deleteLongEnded } from './sessions.queries.ts'

/** How long a token of an ended session still gets the reason why it is refused. */
const keepEndedSeconds = 30 * 24 * 3600

/**
 * Deletes rows that no longer decide anything. Spent refresh tokens are kept as long as an unspent one lives, because
 * they reveal a stolen copy.
 */
export function createCleanUp(deps: { database: Database; refreshTokenTtl: number }): () => Promise<void> {
  return async () => {
    await deleteLongEnded(deps.database, secondsFromNow(-keepEndedSeconds))
    await deleteSpentTokens(deps.database, secondsFromNow(-deps.refreshTokenTtl))
    await deleteExpiredResets(deps.database, secondsFromNow(0))
    await deleteExpiredChallenges(deps.database, secondsFromNow(0))
    await deleteOldLogouts(deps.database, secondsFromNow(0))
  }
}
