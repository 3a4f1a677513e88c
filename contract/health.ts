import { z } from 'zod'
import { defineResource } from './define.ts'
import { instant } from './primitives.ts'

const status = z.enum(['healthy', 'degraded', 'unhealthy'])
const component = z.looseObject({
  status,
  latency_ms: z.number().optional().describe('How long the check took'),
  last_error: z
    .object({ class: z.string(), at: instant })
    .optional()
    .describe('The kind of the last error of this part since the start, by its code'),
})

export const Health = z
  .object({
    status,
    version: z.string(),
    uptime_seconds: z.number(),
    components: z.record(z.string(), component).optional(),
  })
  .meta({ id: 'Health' })
export type Health = z.output<typeof Health>

export const HealthReport = Health.extend({ components: z.record(z.string(), component) }).meta({ id: 'HealthReport' })
export type HealthReport = z.output<typeof HealthReport>

export const health = defineResource({
  operations: {
    summary: { summary: 'Is the server healthy?', access: 'public', method: 'get', path: '/health', output: Health },
    live: { summary: 'Is the process alive?', access: 'public', method: 'get', path: '/health/live', output: Health },
    ready: {
      summary: 'Should the instance get traffic? 503 if not',
      access: 'public',
      method: 'get',
      path: '/health/ready',
      output: Health,
      alsoStatus: 503,
    },
    detailed: {
      summary: 'Health of each part',
      access: 'public',
      method: 'get',
      path: '/health/detailed',
      output: HealthReport,
    },
  },
})
