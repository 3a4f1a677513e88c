import type { ClientConfig } from 'pg'

/**
 * The settings on which our SQL and the parsing of its results rely, spelled as PostgreSQL reports them. A server, a
 * database or a role may have other defaults; what a connection sets at its start overrides all of them.
 */
export const reliedOn: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  gin_fuzzy_search_limit: '0',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  exit_on_error: 'off',
  row_security: 'on',
  // JIT compilation of a statement takes longer than any of our statements.
  jit: 'off',
  plan_cache_mode: 'auto',
  idle_session_timeout: '0',
}

const acquireTimeoutMs = 5_000

/**
 * In milliseconds; 0 means no limit. A limit that is not named is set to 0 too, because a default of the database would
 * end our work.
 */
export interface ConnectionLimits {
  statement?: number
  lock?: number
  idleInTransaction?: number
  idleSession?: number
}

/** The URL parameters that say where PostgreSQL is and how to reach it. */
const ofAddress = /^(host|port|user|password|ssl\w*|uselibpqcompat|application_name)$/

/**
 * How every connection to PostgreSQL is opened, as a configuration for the driver; no other place defines it. Settings
 * in the `options` of the URL (a `search_path`, for example) apply unless they are among ours; PGOPTIONS does not
 * apply.
 */
export function connectionTo(url: string, limits: ConnectionLimits = {}, more: ClientConfig = {}): ClientConfig {
  const { address, options } = splitUrl(url)
  const settings = {
    ...reliedOn,
    statement_timeout: limits.statement ?? 0,
    lock_timeout: limits.lock ?? 0,
    idle_in_transaction_session_timeout: limits.idleInTransaction ?? 0,
    ...(limits.idleSession !== undefined && { idle_session_timeout: limits.idleSession }),
  }
  return {
    connectionTimeoutMillis: acquireTimeoutMs,
    keepAlive: true,
    ...more,
    connectionString: address,
    options: `${options} ${asOptions(settings)}`.trim(),
  }
}

/** The same URL, with these settings for each of its connections. */
export function withSettings(url: string, settings: Record<string, string>): string {
  return withOptions(url, asOptions(settings))
}

function withOptions(url: string, more: string): string {
  const { address, options } = splitUrl(url)
  const changed = new URL(address)
  // Not with `searchParams`, which writes a space as "+".
  const added = `options=${encodeURIComponent(`${options} ${more}`.trim())}`
  changed.search = changed.search === '' ? added : `${changed.search.slice(1)}&${added}`
  return changed.href
}

/** The first URL, with the settings that the connections of the other one make. */
export function withSettingsOf(url: string, other: string): string {
  const { options } = splitUrl(other)
  return options === '' ? url : withOptions(url, options)
}

function splitUrl(url: string): { address: string; options: string } {
  const parsed = new URL(url)
  const given = [...parsed.searchParams]
  const kept = given.filter(([name]) => ofAddress.test(name))
  // The driver treats these modes as the strictest one and warns about that at each start. The strictest mode is named
  // explicitly, so there is no warning.
  const isLibpq = kept.some(([name]) => name === 'uselibpqcompat')
  for (const pair of kept)
    if (!isLibpq && pair[0] === 'sslmode' && /^(prefer|require|verify-ca)$/.test(pair[1])) pair[1] = 'verify-full'
  parsed.search = kept.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return { address: parsed.href, options: given.find(([name]) => name === 'options')?.[1] ?? '' }
}

const asOptions = (settings: Record<string, string | number>) =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${String(value).replace(/[\\\s]/g, '\\$&')}`)
    .join(' ')
