import { z } from 'zod'
import { User } from './accounts.ts'
import { defineResource } from './define.ts'
import { id, instant } from './primitives.ts'

const count = z.int().min(0)

export const RateLimit = z
  .object({
    name: z.string().describe('The name of the policy, as in the headers'),
    limit: count.describe('What calls may cost in a window; most cost 1'),
    remaining: count,
    window_seconds: count,
    reset_at: instant.describe('When the window ends'),
  })
  .meta({ id: 'RateLimit' })
export type RateLimit = z.output<typeof RateLimit>

export const rateLimits = defineResource({
  operations: {
    status: {
      summary: 'The limits of the caller, and what is left of them',
      access: 'user',
      key: 'account:read',
      method: 'get',
      path: '/rate-limits/status',
      output: z.object({ tier: User.shape.tier, limits: z.array(RateLimit) }),
      envelope: 'Rate limits',
    },
    reset: {
      summary: 'Forget on every instance what was counted of a person, an API key, an address, or of all',
      access: 'admin',
      method: 'post',
      path: '/rate-limits/reset',
      body: z
        .strictObject({
          user_id: id.optional(),
          api_key_id: id.optional(),
          ip: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
          all: z.literal(true).optional(),
        })
        .refine(given => Object.values(given).filter(value => value !== undefined).length === 1, {
          error: 'give exactly one of user_id, api_key_id, ip and all',
          path: ['all'],
          when: ({ issues }) => issues.length === 0,
        }),
      output: z.object({ reset_count: count.describe('Counts that were forgotten') }),
      envelope: 'Rate limits reset',
    },
  },
})
