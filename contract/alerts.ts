import { z } from 'zod'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { anyOf, id, instant, listOf, paging, text } from './primitives.ts'

export const AlertState = z.enum(['raised', 'cleared'])
export type AlertState = z.output<typeof AlertState>
export const AlertSeverity = z.enum(['warning', 'critical'])
export type AlertSeverity = z.output<typeof AlertSeverity>

/** Something that somebody should look at. There is one at a time of each name, over all instances. */
export const Alert = z
  .object({
    id,
    name: z.string().describe('What it is about: `error_rate`, `health_redis` …; docs/OPERATIONS.md explains each'),
    severity: AlertSeverity,
    state: AlertState,
    message: z.string(),
    details: z.record(z.string(), z.unknown()).describe('The numbers of when it was raised'),
    raised_at: instant,
    cleared_at: instant.nullable(),
  })
  .meta({ id: 'Alert' })
export type Alert = z.output<typeof Alert>

export const alerts = defineResource({
  name: 'alert',
  // Sent only to administrators, in `admin`.
  events: { alert_raised: z.object({ alert: Alert }), alert_cleared: z.object({ alert: Alert }) },
  operations: {
    list: {
      summary: 'Alerts, the latest first',
      access: 'admin',
      method: 'get',
      path: '/alerts',
      query: z.strictObject({
        ...paging,
        state: AlertState.optional(),
        name: anyOf(text(limits.alertName)).optional(),
      }),
      output: listOf(Alert),
      envelope: 'Alerts',
      positioned: true,
    },
  },
})
