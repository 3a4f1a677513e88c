import path from 'node:path'
import { z } from 'zod'
import { emailIn } from '../contract/index.ts'
import { oidcProviders } from './config-providers.ts'
import { isGuessable } from './kernel/guessable.ts'
import {
  addressRanges,
  httpUrl,
  integer,
  list,
  pauses,
  postgresUrl,
  publicUrl,
  redisUrl,
  seconds,
  share,
  smtpUrl,
} from './config-values.ts'
import { StartError } from './kernel/start-error.ts'

/** Every option, in the order of `.env.example`. Nothing else reads the environment. */
const options = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('In `production` a JWT_SECRET is required when DATABASE_URL is set'),
  PORT: integer(0, 65535).default(3000).describe('Port to listen on; without it the first free one from 3000 on'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 listens on all addresses'),
  DATA_DIR: z
    .string()
    .default('.data')
    .describe('Folder for the embedded database, uploaded files and generated secrets'),
  DATABASE_URL: postgresUrl
    .optional()
    .describe('PostgreSQL 15 or newer; without it an embedded PostgreSQL runs in DATA_DIR'),
  DATABASE_MIGRATION_URL: postgresUrl
    .optional()
    .describe(
      'Address with the role that owns the tables and migrates them; the role of DATABASE_URL then needs to own nothing',
    ),
  DATABASE_REPLICA_URL: postgresUrl
    .optional()
    .describe('A streaming replica of DATABASE_URL, which then answers lists and reads of the event log'),
  REDIS_URL: redisUrl
    .optional()
    .describe(
      'Redis 6 or newer (or redis+cluster://host,host), by which instances notify each other; without it by PostgreSQL',
    ),
  JWT_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .optional()
    .describe('Signs access tokens, at least 32 characters; without it one is generated into DATA_DIR'),
  JWT_SECRET_PREVIOUS: z
    .string()
    .min(32, 'must have at least 32 characters')
    .optional()
    .describe('A second secret whose tokens are accepted too, while JWT_SECRET is being changed'),
  ADMIN_EMAIL: emailIn.optional().describe('E-mail of the first admin, who is created when there is none'),
  ADMIN_PASSWORD: z
    .string()
    .min(8, 'must have at least 8 characters')
    .max(128, 'must have at most 128 characters')
    .optional()
    .describe('Password of the first admin, 8 to 128 characters; without it the first start generates and prints one'),
  OIDC_PROVIDERS: oidcProviders
    .optional()
    .describe('Issuers of OpenID Connect at which people sign in, as a JSON list (docs/OPERATIONS.md, Single sign-on)'),
  REGISTRATION: z.enum(['open', 'closed']).default('open').describe('Whether people may register: open or closed'),
  ACCESS_TOKEN_TTL: seconds.default(900).describe('Lifetime of an access token, in seconds'),
  REFRESH_TOKEN_TTL: seconds.default(2_592_000).describe('Lifetime of a refresh token, in seconds'),
  SESSION_IDLE_TIMEOUT: seconds
    .default(604_800)
    .describe('A session ends when nobody has used it for this many seconds'),
  SESSION_MAX_AGE: seconds
    .default(7_776_000)
    .describe('A session ends this many seconds after signing in, however much it is used'),
  RATE_LIMIT_ENABLED: z
    .enum(['true', 'false'])
    .default('true')
    .transform(text => text === 'true')
    .describe('false switches the rate limits off; the bounds on sizes, floods and sockets hold always'),
  RATE_LIMIT_FREE: integer(1, 1_000_000_000)
    .default(600)
    .describe('Calls a minute of a person in the tier free, and of an address whose callers are not signed in'),
  RATE_LIMIT_PRO: integer(1, 1_000_000_000)
    .default(3000)
    .describe('Calls a minute of a person in the tier pro; administrators have ten times as many'),
  RATE_LIMIT_LOGIN: integer(1, 1_000_000_000)
    .default(10)
    .describe('Failed sign-ins a minute to one account; three times as many from one address'),
  MAX_SOCKETS_PER_USER: integer(1, 100_000).default(50).describe('Number of open sockets that one person may have'),
  MAX_SOCKETS_PER_IP: integer(1, 1_000_000)
    .default(200)
    .describe('Number of open sockets from one address or one /64 network of IPv6; loopback is exempt'),
  MAX_ROOMS_PER_SOCKET: integer(1, 10_000).default(100).describe('Number of rooms that one socket may be in'),
  CORS_ORIGINS: list.default([]).describe('Other origins whose pages may call the API, comma-separated'),
  PUBLIC_URL: publicUrl
    .optional()
    .describe('Address at which people reach the server when it is behind a proxy; it may have a path'),
  TRUST_PROXY: integer(0, 10)
    .default(0)
    .describe('Number of proxies in front of the server whose X-Forwarded-For is trusted'),
  ADMIN_IP_ALLOWLIST: addressRanges
    .refine(ranges => !ranges.includes('none'), 'must name addresses; leave it empty to allow all')
    .default([])
    .describe('Addresses and ranges from which administrators may administer, comma-separated; without it all'),
  METRICS_IP_ALLOWLIST: addressRanges
    .default(['loopback'])
    .describe('Addresses and ranges that may read /metrics without signing in, comma-separated; loopback, none'),
  EVENT_RETENTION_HOURS: integer(1, 8784)
    .default(168)
    .describe('How long events are kept, so how long a client may be away and still resume'),
  EVENT_REPLAY_LIMIT: integer(1, 1_000_000)
    .default(10_000)
    .describe('Largest number of events that are replayed to one resuming client'),
  STORAGE: z.enum(['local', 's3']).default('local').describe('Where files are kept: local (DATA_DIR/media) or s3'),
  S3_ENDPOINT: httpUrl.optional().describe('Address of an S3 service other than Amazon’s'),
  S3_REGION: z.string().default('us-east-1').describe('Region of the S3 service'),
  S3_BUCKET: z.string().optional().describe('Bucket for files, which must exist; required with STORAGE=s3'),
  S3_ACCESS_KEY_ID: z
    .string()
    .optional()
    .describe('Key of the S3 service; without it the variables, files or roles of AWS apply'),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe('The secret that belongs to S3_ACCESS_KEY_ID'),
  S3_FORCE_PATH_STYLE: z
    .enum(['true', 'false'])
    .default('false')
    .transform(text => text === 'true')
    .describe('true for services whose buckets have no address of their own'),
  MEDIA_QUOTA_MB: integer(0, 1_000_000_000)
    .default(1024)
    .describe('Total size of the files that one person may keep, in MiB'),
  MEDIA_QUOTA_FILES: integer(0, 1_000_000).default(10_000).describe('Number of files that one person may keep'),
  BACKUP_KEY: z
    .string()
    .min(32, 'must have at least 32 characters')
    .optional()
    .describe('Encrypts backups, at least 32 characters; without it one is generated into DATA_DIR'),
  BACKUP_STORAGE: z
    .enum(['local', 's3'])
    .optional()
    .describe('Where backups are kept: local (DATA_DIR/backups) or s3; without it as STORAGE says'),
  BACKUP_EVERY_HOURS: integer(0, 8784)
    .default(0)
    .describe('A full backup is made when the newest scheduled one is older than this; 0 for none'),
  BACKUP_KEEP: integer(1, 10_000)
    .default(7)
    .describe('Number of scheduled backups that are kept; others stay until they are deleted by hand'),
  SMTP_URL: smtpUrl.optional().describe('Mail server; without it no e-mails are sent, and the log says so'),
  MAIL_FROM: z.string().default('Taskwire <taskwire@localhost>').describe('Sender of e-mails'),
  IMPORT_MAX_MB: integer(1, 10_000).default(64).describe('Largest file of tasks that can be imported, in MiB'),
  EXPORT_HOURS: integer(1, 720)
    .default(24)
    .describe('How long the file of an export is kept for downloading, in hours'),
  OEMBED_YOUTUBE_URL: httpUrl
    .default('https://www.youtube.com/oembed')
    .describe('oEmbed service that describes YouTube videos'),
  OEMBED_VIMEO_URL: httpUrl
    .default('https://vimeo.com/api/oembed.json')
    .describe('oEmbed service that describes Vimeo videos'),
  OUTBOUND_ALLOW_PRIVATE: z
    .enum(['true', 'false'])
    .default('false')
    .transform(text => text === 'true')
    .describe('true lets imports and webhooks call private addresses; meant for tests'),
  WEBHOOK_RETRY_SCHEDULE: pauses
    .prefault('standard')
    .describe('Pauses in seconds before a failed delivery to a webhook is repeated, comma-separated, or standard'),
  ALERT_ERROR_RATE: share
    .default(0.05)
    .describe('Alert when at least this share of the answers of a minute are 5xx; 0 for no alert'),
  ALERT_EVENT_LAG_MS: integer(0, 3_600_000)
    .default(5_000)
    .describe('Alert when changes take at least so many milliseconds to reach people; 0 for no alert'),
  ALERT_DISK_FREE_MB: integer(0, 1_000_000_000)
    .default(1024)
    .describe('Alert when less than this is free for files, in MiB; 0 for no alert'),
  ALERT_RATE_LIMITED_PER_MINUTE: integer(0, 1_000_000_000)
    .default(600)
    .describe('Alert when at least so many requests of a minute are refused with 429; 0 for no alert'),
  ALERT_REFUSED_SIGN_INS_PER_MINUTE: integer(0, 1_000_000_000)
    .default(100)
    .describe('Alert when at least so many sign-ins of a minute have a wrong password; 0 for no alert'),
  ALERT_DEAD_LETTERS_PER_HOUR: integer(0, 1_000_000_000)
    .default(10)
    .describe('Alert when at least so many deliveries to webhooks are given up within an hour; 0 for no alert'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe('Collector of OpenTelemetry that gets traces over OTLP/HTTP; without it nothing is traced'),
  OTEL_TRACES_SAMPLER_ARG: share.default(1).describe('Share of the traces that is recorded, from 0 to 1'),
  OTEL_SERVICE_NAME: z.string().default('taskwire').describe('Name of the service in traces'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Lowest level that is logged: trace, debug, info, warn, error, fatal or silent'),
  SLOW_REQUEST_MS: integer(1, 3_600_000)
    .default(2000)
    .describe('Requests that take longer than this are logged as slow, in milliseconds'),
})

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>

type Options = z.output<typeof options>

/** The parsed environment: `ACCESS_TOKEN_TTL` is `accessTokenTtl`. */
export type Config = { readonly [Name in keyof Options as CamelCase<Name>]: Options[Name] } & {
  /** Whether PORT is set; then no other port is used. */
  readonly portGiven: boolean
}

/**
 * Parses the environment. An empty variable counts as not set, because compose files write it so.
 *
 * @throws {StartError} naming every bad variable at once, and never its value, which may be a secret
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = options.safeParse(given)
  const problems = parsed.error?.issues.map(issue => `${String(issue.path[0])}: ${issue.message}`) ?? []
  // Checked outside of the schema, because zod skips checks across fields once a field is invalid, and then this fault
  // would not be reported.
  if (given.DATABASE_URL && given.NODE_ENV === 'production' && !given.JWT_SECRET) {
    problems.push('JWT_SECRET: is required in production with a DATABASE_URL, because all instances must share one')
  }
  for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS'] as const) {
    const secret = given[name]
    if (given.NODE_ENV === 'production' && secret !== undefined && isGuessable(secret))
      problems.push(
        `${name}: can be guessed; in production take a random one, from \`openssl rand -base64 48\` for example`,
      )
  }
  if (given.DATABASE_MIGRATION_URL && !given.DATABASE_URL) {
    problems.push('DATABASE_MIGRATION_URL: needs a DATABASE_URL, of the role that serves')
  }
  if (given.DATABASE_REPLICA_URL && !given.DATABASE_URL) {
    problems.push('DATABASE_REPLICA_URL: needs the DATABASE_URL of its primary')
  }
  if ((given.STORAGE === 's3' || given.BACKUP_STORAGE === 's3') && !given.S3_BUCKET)
    problems.push('S3_BUCKET: is required with STORAGE=s3 or BACKUP_STORAGE=s3')
  if (!given.S3_ACCESS_KEY_ID !== !given.S3_SECRET_ACCESS_KEY) {
    problems.push('S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: are given together or not at all')
  }
  if (!parsed.success || problems.length > 0) {
    throw new StartError(`The configuration is not valid:\n${problems.map(line => `  ${line}`).join('\n')}`)
  }
  const values = { ...parsed.data, DATA_DIR: path.resolve(parsed.data.DATA_DIR) }
  const fields = Object.entries(values).map(([name, value]) => [camelCase(name), value])
  return { ...(Object.fromEntries(fields) as Omit<Config, 'portGiven'>), portGiven: given.PORT !== undefined }
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** One option for the documentation: its name in the environment, its default as text ('' for none), its meaning. */
export interface ConfigRow {
  name: string
  default: string
  meaning: string
}

/** The default as one would write it, which differs from what it is parsed to if the option has a word for it. */
const writtenDefault = (field: z.ZodType): unknown =>
  field instanceof z.ZodPrefault ? field.def.defaultValue : field.safeParse(undefined).data

/** All options in order; `.env.example` is generated from this. */
export function describeConfig(): ConfigRow[] {
  return Object.entries(options.shape).map(([name, field]) => ({
    name,
    default: String(writtenDefault(field) ?? ''),
    meaning: field.description ?? '',
  }))
}
