import { z } from 'zod'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { instant, instantIn } from './primitives.ts'

/** How several values become one. */
type Combining = 'avg' | 'max' | 'min' | 'sum'

interface Quantity {
  meaning: string
  /** What the values of several instances are together. */
  overInstances: Combining
  /** What the values of the minutes of an hour or a day are together. */
  overTime: Combining
}

/** What is sampled every minute. `overInstances` and `overTime` say how values are combined. */
export const quantities = {
  cpu_percent: { meaning: 'CPU time, in percent of one core', overInstances: 'avg', overTime: 'avg' },
  memory_bytes: { meaning: 'Resident memory', overInstances: 'sum', overTime: 'avg' },
  heap_used_bytes: { meaning: 'JavaScript heap in use', overInstances: 'sum', overTime: 'avg' },
  event_loop_delay_p99_ms: { meaning: 'Delay of the event loop, p99', overInstances: 'max', overTime: 'max' },
  requests_per_second: { meaning: 'Answered requests', overInstances: 'sum', overTime: 'avg' },
  errors_per_second: { meaning: 'Answers with 5xx', overInstances: 'sum', overTime: 'avg' },
  requests_in_flight: { meaning: 'Requests that are worked on', overInstances: 'sum', overTime: 'avg' },
  request_p50_ms: { meaning: 'Duration of requests, p50', overInstances: 'avg', overTime: 'avg' },
  request_p99_ms: { meaning: 'Duration of requests, p99', overInstances: 'max', overTime: 'max' },
  sockets: { meaning: 'Connected sockets', overInstances: 'sum', overTime: 'avg' },
  events_per_second: { meaning: 'Delivered events', overInstances: 'max', overTime: 'avg' },
  event_lag_p99_ms: { meaning: 'Time from a change to its delivery, p99', overInstances: 'max', overTime: 'max' },
  events_behind: { meaning: 'Events that are not delivered yet', overInstances: 'max', overTime: 'max' },
  outbox_commands: { meaning: 'Committed commands without offsets', overInstances: 'max', overTime: 'max' },
  queries_per_second: { meaning: 'Statements', overInstances: 'sum', overTime: 'avg' },
  query_p99_ms: { meaning: 'Duration of statements, p99', overInstances: 'max', overTime: 'max' },
  database_connections: { meaning: 'Connections of the pools in use', overInstances: 'sum', overTime: 'avg' },
  database_bytes: { meaning: 'Size of the database', overInstances: 'max', overTime: 'max' },
  jobs_queued: { meaning: 'Jobs that wait', overInstances: 'max', overTime: 'max' },
  cache_hit_rate: { meaning: 'Share of cache look-ups that hit', overInstances: 'avg', overTime: 'avg' },
  disk_free_bytes: { meaning: 'Free space for files; null on S3', overInstances: 'min', overTime: 'min' },
} as const satisfies Record<string, Quantity>
export type QuantityName = keyof typeof quantities
export const quantityNames = Object.keys(quantities) as QuantityName[]

/** The parts that are asked for numbers. */
export const probeNames = ['process', 'events', 'jobs', 'database', 'storage'] as const
const ProbeName = z.enum(probeNames)
export type ProbeName = z.output<typeof ProbeName>

const value = z.number().nullable()
export const StatisticsPoint = z
  .object({
    at: instant.describe('The beginning of the minute, the hour or the day, in UTC'),
    instances: z.int().describe('How many instances were sampled at once, at most'),
    samples: z.int().describe('How many minutes were sampled'),
    failed_probes: z.array(ProbeName).describe('The parts whose numbers could not be read every time'),
    ...(Object.fromEntries(quantityNames.map(name => [name, value.describe(quantities[name].meaning)])) as Record<
      QuantityName,
      typeof value
    >),
  })
  .meta({
    id: 'StatisticsPoint',
    description: 'The numbers of all instances together; null where nothing was measured, or the probe failed',
  })
export type StatisticsPoint = z.output<typeof StatisticsPoint>

export const Resolution = z.enum(['minute', 'hour', 'day'])
export type Resolution = z.output<typeof Resolution>

export const StatisticsHistory = z
  .object({ resolution: Resolution, from: instant, to: instant, results: z.array(StatisticsPoint) })
  .meta({ id: 'StatisticsHistory', description: 'Ordered by time; a time at which nothing was sampled has no point' })
export type StatisticsHistory = z.output<typeof StatisticsHistory>

export const statistics = defineResource({
  operations: {
    history: {
      summary: `The numbers of the system over time, both ends inclusive; at most ${limits.statisticsPoints} points`,
      access: 'admin',
      key: 'metrics:read',
      method: 'get',
      path: '/monitoring/system/history',
      query: z.strictObject({
        from: instantIn.optional().describe('By default an hour, a week or 90 days before `to`, by the resolution'),
        to: instantIn.optional().describe('By default now'),
        resolution: Resolution.optional().describe('By default the finest that has all of the time'),
      }),
      output: StatisticsHistory,
      envelope: 'System history',
    },
  },
})
