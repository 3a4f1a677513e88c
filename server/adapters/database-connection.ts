import type { ClientConfig } from 'pg'

/**
 * What our SQL, and the reading of its answers, rely on: as PostgreSQL spells it when it is asked. A server, a database or
 * a role may have any other default; what a connection sets when it begins comes before all of them.
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
  // Compiling a statement takes longer than any of ours.
  jit: 'off',
  plan_cache_mode: 'auto',
  idle_session_timeout: '0',
}

const acquireTimeoutMs = 5_000

/** In milliseconds; 0 is none. What is not named is none either: a default of the database's would end our work. */
export interface ConnectionLimits {
  statement?: number
  lock?: number
  idleInTransaction?: number
  idleSession?: number
}

/** Of a URL's parameters those that say where PostgreSQL is and how it is reached. */
const ofAddress = /^(host|port|user|password|ssl\w*|uselibpqcompat|application_name)$/

/**
 * How every connection to PostgreSQL is opened, for the driver: there is no other place that says it. What the URL sets in
 * its `options` (a `search_path`, say) holds, as far as it is not one of ours; PGOPTIONS does not.
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

/** The same address, whose connections have these settings too. */
export function withSettings(url: string, settings: Record<string, string>): string {
  const { address, options } = splitUrl(url)
  const changed = new URL(address)
  // Not by `searchParams`: that writes a space as "+".
  const added = `options=${encodeURIComponent(`${options} ${asOptions(settings)}`.trim())}`
  changed.search = changed.search === '' ? added : `${changed.search.slice(1)}&${added}`
  return changed.href
}

function splitUrl(url: string): { address: string; options: string } {
  const parsed = new URL(url)
  const given = [...parsed.searchParams]
  const kept = given.filter(([name]) => ofAddress.test(name))
  // The driver takes these for the strictest of them, and warns of that on each start; said so, it has nothing to warn of.
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
