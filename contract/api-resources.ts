import { activity } from './activity.ts'
import { cache } from './cache.ts'
import { dashboard } from './dashboard.ts'
import { eventLog } from './events.ts'
import { exportTransfers } from './exports.ts'
import { health } from './health.ts'
import { identities, signOnTransfers } from './identities.ts'
import { importTransfers } from './imports.ts'
import { mediaTransfers } from './media.ts'
import { monitoring } from './monitoring.ts'
import { rateLimits } from './rate-limits.ts'
import { resources } from './resources.ts'
import { statistics } from './statistics.ts'
import { twoFactor } from './two-factor.ts'
import { webhooks } from './webhooks.ts'

/** Everything that has operations: all kinds of things, and what has operations and no things of its own. */
export const resourcesOfApi = {
  ...resources,
  activity,
  cache,
  dashboard,
  eventLog,
  health,
  identities,
  monitoring,
  rateLimits,
  statistics,
  twoFactor,
  webhooks,
} as const

/** Further operations whose input or output is a file; also by resource. */
export const transfers = {
  media: mediaTransfers,
  imports: importTransfers,
  exports: exportTransfers,
  identities: signOnTransfers,
} as const
