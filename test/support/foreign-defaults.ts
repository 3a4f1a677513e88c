/**
 * Settings that a database may have as its defaults, none of which may make a difference to us. Each has been seen
 * somewhere, though not all of them together.
 */
export const foreignDefaults: Readonly<Record<string, string>> = {
  DateStyle: `'German, DMY'`,
  IntervalStyle: 'sql_standard',
  TimeZone: `'Asia/Kathmandu'`,
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  escape_string_warning: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  gin_fuzzy_search_limit: '1',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  exit_on_error: 'on',
  row_security: 'off',
  search_path: 'nowhere, pg_catalog',
  default_text_search_config: `'pg_catalog.german'`,
  statement_timeout: `'1ms'`,
  lock_timeout: `'1ms'`,
  idle_in_transaction_session_timeout: `'1ms'`,
  idle_session_timeout: `'50ms'`,
  client_encoding: `'LATIN1'`,
  plan_cache_mode: 'force_generic_plan',
  jit: 'on',
  jit_above_cost: '0',
  jit_optimize_above_cost: '0',
  jit_inline_above_cost: '0',
}

/** Statements that give a database these defaults. */
export const giveForeignDefaults = (database: string): string =>
  Object.entries(foreignDefaults)
    .map(([name, value]) => `alter database ${database} set ${name} = ${value}`)
    .join(';')

/** For the clients of the tests themselves: PostgreSQL accepts more settings from a client than from its database. */
export const ownDefaults =
  '-c DateStyle=ISO -c TimeZone=UTC -c search_path=public -c statement_timeout=0 -c lock_timeout=0 -c row_security=on ' +
  '-c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0 -c bytea_output=hex -c extra_float_digits=1 ' +
  '-c standard_conforming_strings=on -c default_transaction_isolation=read\\ committed -c jit=off -c exit_on_error=off'
