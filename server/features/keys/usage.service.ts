import { type apiKeys, limits } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo } from '../../kernel/can.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Database } from '../../ports/database.ts'
import { seeKey } from './api-keys.policy.ts'
import { findKey } from './api-keys.queries.ts'
import * as queries from './usage.queries.ts'

/** What was called with a key, for its owner and administrators. */
export const createUsageService =
  ({ database }: { database: Database }): Handlers<typeof apiKeys>['usage'] =>
  async (scope, { id, page, page_size, cursor, ...filters }) => {
    allowedTo(scope, seeKey, await findKey(database, id))
    const [found, byDay, byEndpoint, byStatus] = await Promise.all([
      pageOf(
        { page, page_size, cursor },
        ['API key', id, filters],
        newestFirst,
        clauses => queries.listCalls(database.reads, id, filters, clauses),
        () => queries.countCalls(database.reads, id, filters),
      ),
      queries.usageByDay(database.reads, id, filters),
      queries.usageByEndpoint(database.reads, id, filters, limits.apiKeyEndpoints),
      queries.usageByStatus(database.reads, id, filters),
    ])
    return {
      ...found,
      calls: byDay.reduce((sum, { calls }) => sum + calls, 0),
      errors: byDay.reduce((sum, { errors }) => sum + errors, 0),
      by_day: byDay.map(one => ({ ...one, day: one.day.slice(0, 10) })),
      by_endpoint: byEndpoint,
      by_status: byStatus,
    }
  }
