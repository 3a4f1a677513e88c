import { z } from 'zod'
import { defineResource } from './define.ts'
import { HealthReport } from './health.ts'
import { instant } from './primitives.ts'

const count = z.number()
const bytes = z.number()
const seconds = z.number()
/** Null where nothing was measured. */
const ms = z.number().nullable()

/** How long something takes. The values come from buckets, so they are estimates. */
const Spread = z
  .object({ count, mean_ms: ms, p50_ms: ms, p95_ms: ms, p99_ms: ms })
  .meta({ id: 'Spread', description: 'How often something happened, and how long it took; null when it never did' })
export type Spread = z.output<typeof Spread>

const rated = { total: count, per_second: z.number().describe('In the last minute') }
const endless = z.record(z.string(), count)

export const SystemMetrics = z
  .object({
    window_seconds: seconds.describe('How long the recent numbers cover: a minute, or less after the start'),
    cpu: z.object({
      percent: z.number().describe('Of one core, in the last minute'),
      total_seconds: seconds,
      cores: count,
      load_average: z.array(z.number()),
      event_loop_delay_ms: z.object({ p50: ms, p99: ms, max: ms }),
    }),
    memory: z.object({
      rss_bytes: bytes,
      heap_used_bytes: bytes,
      heap_total_bytes: bytes,
      external_bytes: bytes,
      system_total_bytes: bytes,
      system_free_bytes: bytes,
    }),
    requests: z.object({
      ...rated,
      in_flight: count,
      errors: count.describe('Answers with 5xx since the start'),
      error_rate: z.number().describe('The share of answers with 5xx in the last minute, from 0 to 1'),
      recent: Spread,
    }),
    sockets: z.object({
      connections: count,
      behind: count,
      rooms: count,
      people: count,
      opened: count,
      restarted: count,
    }),
    events: z.object({
      recorded: count,
      sequenced: count,
      delivered: count,
      delivered_per_second: z.number(),
      replays: endless,
      offset: count,
      behind: count.nullable(),
      outbox: count.nullable(),
      lag: Spread.describe('From the change to its delivery, in the last minute'),
    }),
    database: z.object({
      queries: z.object({ ...rated, errors: count, recent: Spread }),
      connections: z.object({ busy: count, idle: count, waiting: count }),
    }),
    cache: z.object({ hits: count, misses: count, hit_rate: z.number().nullable() }).describe('Looked-up sessions'),
    jobs: z.object({ queued: count.nullable(), running: count.nullable(), waiting_seconds: seconds.nullable() }),
  })
  .meta({ id: 'SystemMetrics', description: 'The numbers of the instance that answers, since its start' })
export type SystemMetrics = z.output<typeof SystemMetrics>

const Endpoint = z.object({
  method: z.string(),
  route: z.string(),
  ...Spread.shape,
  errors: count,
  error_rate: z.number().describe('The share of answers with 5xx, from 0 to 1'),
})
const SocketCall = z.object({ call: z.string(), ...Spread.shape, refused: count })
const ErrorCount = z.object({ door: z.string(), code: z.string(), total: count, recent: count })

export const PerformanceMetrics = z
  .object({
    window_seconds: seconds,
    requests: Spread.describe('In the last minute'),
    statuses: endless.describe('Answers since the start, by status'),
    slowest: z.array(Endpoint).describe('Since the start, by p95; at most twenty'),
    slowest_recent: z.array(Endpoint).describe('The same of the last minute'),
    socket_calls: z.array(SocketCall),
    errors: z.array(ErrorCount).describe('By door and code, the most frequent first'),
    event_loop_delay_ms: z.object({ p50: ms, p99: ms, max: ms }),
  })
  .meta({ id: 'PerformanceMetrics' })
export type PerformanceMetrics = z.output<typeof PerformanceMetrics>

export const DatabaseMetrics = z
  .object({
    window_seconds: seconds,
    queries: z.object({ total: count, errors: count, per_second: z.number(), all: Spread, recent: Spread }),
    pool: z.object({ busy: count, idle: count, waiting: count }),
    server: z.object({
      version: z.string(),
      size_bytes: bytes,
      connections: count,
      max_connections: count,
      cache_hit_rate: z.number().nullable(),
      commits: count,
      rollbacks: count,
      deadlocks: count,
      temporary_bytes: bytes,
    }),
    tables: z
      .array(z.object({ name: z.string(), rows: count.describe('Estimated'), dead_rows: count, size_bytes: bytes }))
      .describe('The twenty largest'),
  })
  .meta({ id: 'DatabaseMetrics' })
export type DatabaseMetrics = z.output<typeof DatabaseMetrics>

export const SystemInfo = z
  .object({
    version: z.string(),
    started_at: instant,
    uptime_seconds: seconds,
    node: z.string(),
    platform: z.string(),
    architecture: z.string(),
    process_id: count,
    cores: count,
    memory_bytes: bytes,
    environment: z.string(),
    database: z.object({ version: z.string() }),
    redis: z.boolean().describe('Whether it is in use'),
    storage: z.string(),
    mail: z.boolean().describe('Whether e-mails are sent'),
    event_log: z.object({ epoch: z.string(), offset: count, retention_hours: count }),
  })
  .meta({ id: 'SystemInfo', description: 'What runs here; without secrets and addresses' })
export type SystemInfo = z.output<typeof SystemInfo>

export const AdminMetrics = z
  .object({
    users: z.object({ total: count, active: count, administrators: count, seen_last_24_hours: count }),
    sessions: z.object({ live: count }),
    system: SystemMetrics,
  })
  .meta({ id: 'AdminMetrics' })
export type AdminMetrics = z.output<typeof AdminMetrics>

const duration_ms = z.number()
const problem = z.string().nullable().describe('What is off; null when nothing is')

export const EndpointValidation = z
  .object({
    ok: z.boolean(),
    checked: count,
    failed: count,
    results: z.array(
      z.object({
        endpoint: z.string(),
        caller: z.enum(['administrator', 'stranger']),
        ok: z.boolean(),
        expected_status: z.int(),
        status: z.int().nullable().describe('Null when there was no answer'),
        duration_ms,
        problem,
      }),
    ),
  })
  .meta({ id: 'EndpointValidation' })
export type EndpointValidation = z.output<typeof EndpointValidation>

export const AuthenticationValidation = z
  .object({ ok: z.boolean(), steps: z.array(z.object({ step: z.string(), ok: z.boolean(), duration_ms, problem })) })
  .meta({ id: 'AuthenticationValidation' })
export type AuthenticationValidation = z.output<typeof AuthenticationValidation>

const forAdmins = { access: 'admin', method: 'get' } as const

export const monitoring = defineResource({
  operations: {
    systemHealth: {
      summary: 'Health of each part of the system',
      access: 'public',
      method: 'get',
      path: '/system/health',
      output: HealthReport,
      envelope: 'System health',
    },
    systemMetrics: {
      ...forAdmins,
      key: 'metrics:read',
      summary: 'The numbers of the instance: CPU, memory, requests, sockets, events, database, cache, jobs',
      path: '/system/metrics',
      output: SystemMetrics,
      envelope: 'System metrics',
    },
    adminMetrics: {
      ...forAdmins,
      key: 'metrics:read',
      summary: 'People and sessions in numbers, beside the numbers of the instance',
      path: '/admin/metrics',
      output: AdminMetrics,
      envelope: 'Metrics',
    },
    performance: {
      ...forAdmins,
      key: 'metrics:read',
      summary: 'Which endpoints are slow, and which errors clients get',
      path: '/monitoring/metrics/performance',
      output: PerformanceMetrics,
      envelope: 'Performance',
    },
    database: {
      ...forAdmins,
      key: 'metrics:read',
      summary: 'The statements, the pool and the database itself in numbers',
      path: '/monitoring/metrics/database',
      output: DatabaseMetrics,
      envelope: 'Database metrics',
    },
    validateEndpoints: {
      ...forAdmins,
      key: 'never',
      summary: 'Calls every endpoint that reads and needs no input, and says whose answer is off; one check at a time',
      path: '/monitoring/validate/endpoints',
      output: EndpointValidation,
      envelope: 'Endpoints checked',
      errors: ['conflict'],
    },
    validateAuthentication: {
      ...forAdmins,
      key: 'never',
      summary: 'Walks sign-in, refresh, expiry and refusal with an account of its own, which is removed again',
      path: '/monitoring/validate/authentication',
      output: AuthenticationValidation,
      envelope: 'Authentication checked',
      errors: ['conflict'],
    },
    info: {
      ...forAdmins,
      summary: 'What runs here: versions, the machine, what is in use',
      path: '/monitoring/system/info',
      output: SystemInfo,
      envelope: 'System information',
    },
  },
})
