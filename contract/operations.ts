import { activity } from './activity.ts'
import { cache } from './cache.ts'
import { dashboard } from './dashboard.ts'
import { eventLog } from './events.ts'
import { exportTransfers } from './exports.ts'
import { health } from './health.ts'
import { importTransfers } from './imports.ts'
import { mediaTransfers } from './media.ts'
import { monitoring } from './monitoring.ts'
import { rateLimits } from './rate-limits.ts'
import { resources } from './resources.ts'
import { statistics } from './statistics.ts'
import { twoFactor } from './two-factor.ts'
import { webhooks } from './webhooks.ts'

const apiResources = {
  ...resources,
  activity,
  cache,
  dashboard,
  eventLog,
  health,
  monitoring,
  rateLimits,
  statistics,
  twoFactor,
  webhooks,
} as const
export type ApiResources = typeof apiResources

/** Every operation of the REST API, by resource. */
export const operations = Object.fromEntries(
  Object.entries(apiResources).map(([name, resource]) => [name, resource.operations]),
) as { [R in keyof ApiResources]: ApiResources[R]['operations'] }

/** Further operations whose input or output is a file; also by resource. */
export const transfers = { media: mediaTransfers, imports: importTransfers, exports: exportTransfers } as const
