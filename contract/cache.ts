import { z } from 'zod'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { filledText } from './primitives.ts'

const count = z.int().min(0)
const key = filledText(limits.cacheKey)

export const CacheStats = z
  .object({
    backend: z.enum(['memory', 'redis']).describe('Whether instances share what they keep'),
    keys: count.describe('Entries that this instance or, with Redis, any instance keeps'),
    hits: count.describe('Of this instance, since its start'),
    misses: count,
    hit_rate: z.number().nullable().describe('From 0 to 1; null before the first look-up'),
    memory_bytes: count.describe('What the answers take in the memory of this instance'),
  })
  .meta({ id: 'CacheStats' })
export type CacheStats = z.output<typeof CacheStats>

export const cache = defineResource({
  operations: {
    stats: {
      summary: 'What is kept for a short time, and how often it was of use',
      access: 'admin',
      key: 'metrics:read',
      method: 'get',
      path: '/cache/stats',
      output: CacheStats,
      envelope: 'Cache statistics',
    },
    clear: {
      summary: 'Forget kept answers on every instance: by key, by a pattern with * and ?, or all',
      access: 'admin',
      method: 'post',
      path: '/cache/clear',
      body: z
        .strictObject({
          keys: z.array(key).min(1).max(limits.cacheKeys).optional(),
          pattern: key.optional(),
          all: z.literal(true).optional(),
        })
        .refine(given => Object.values(given).filter(value => value !== undefined).length === 1, {
          error: 'give exactly one of keys, pattern and all',
          path: ['all'],
          when: ({ issues }) => issues.length === 0,
        }),
      output: z.object({ cleared_count: count }),
      envelope: 'Cache cleared',
    },
  },
})
