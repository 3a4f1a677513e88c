import type pg from 'pg'
import { StartError } from '../kernel/start-error.ts'
import { reliedOn } from './database-connection.ts'
import { directly, placeOf, quoted, type UrlName } from './database-refusals.ts'

/**
 * The number of connections that one instance opens to the primary when it starts; docs/OPERATIONS.md lists them. A
 * replica needs one more, for the question how far the primary is.
 */
export const neededConnections = ({ hasReplica = false }: Needs = {}): number => (hasReplica ? 28 : 27)
/** What a start needs the database for, besides itself. */
export interface Needs {
  hasReplica?: boolean
}
const oldestVersion = 150_000

interface Found {
  version: number
  version_name: string
  encoding: string
  standby: boolean
  read_only: boolean
  triggers: boolean
  places: number
  role_places: number
  database_places: number
  changed: string[]
}

/** A setting that has no default. If it does not arrive at PostgreSQL, other settings do not arrive either. */
export const sign = { 'taskwire.sign': 'here' }

/** The properties of the database that none of our connection settings changes. */
const properties = `
  select current_setting('server_version_num')::int as version, current_setting('server_version') as version_name,
    current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
    current_setting('transaction_read_only') = 'on' as read_only,
    current_setting('session_replication_role') <> 'replica' as triggers,
    current_setting('max_connections')::int - case when rolsuper then 0 else
      current_setting('superuser_reserved_connections')::int
      + coalesce(current_setting('reserved_connections', true)::int, 0) end as places,
    rolconnlimit as role_places,
    (select datconnlimit from pg_database where datname = current_database()) as database_places,
    array(select name from unnest($1::text[], $2::text[]) as relied (name, value)
      where current_setting(name, true) is distinct from value) as changed
  from pg_roles where rolname = session_user`

/**
 * Refuses a database on which the server would only seem to work. Checks each property that no connection setting can
 * change.
 *
 * @throws {StartError} with what to do
 */
export async function checkFitness(client: pg.Client, name: UrlName, url: string, needs: Needs): Promise<void> {
  const { database, role, at } = placeOf(url)
  const refuse = (reason: string): never => {
    throw new StartError(reason)
  }
  const wanted = { ...reliedOn, ...sign }
  const { rows } = await client.query<Found>(properties, [Object.keys(wanted), Object.values(wanted)])
  const found = rows[0]!
  if (found.version < oldestVersion)
    refuse(
      `PostgreSQL at ${at}, where ${name} leads, is version ${found.version_name}; Taskwire needs 15 or newer.\nUpgrade it.`,
    )
  if (found.changed.length > 0)
    refuse(
      `${name} leads to something in front of PostgreSQL that drops settings (${found.changed.join(', ')}).\n${directly(name)}`,
    )
  if (found.encoding !== 'UTF8')
    refuse(
      `The database "${database}" of ${name} has the encoding ${found.encoding}, which cannot hold what people write.\n` +
        `Make another one: create database ${quoted(database)} encoding 'UTF8' template template0;`,
    )
  if (found.standby)
    refuse(`PostgreSQL at ${at}, where ${name} leads, is a standby, which only reads.\nLead it to the primary.`)
  if (found.read_only)
    refuse(
      `The database "${database}" of ${name} only reads (default_transaction_read_only is on).\n` +
        `Let it write: alter database ${quoted(database)} reset default_transaction_read_only; the same may be set on the role, or on the server.`,
    )
  if (!found.triggers)
    refuse(
      `Triggers and foreign keys are off for the role "${role}" of ${name} (session_replication_role is replica).\n` +
        `Switch them on: alter role ${quoted(role)} reset session_replication_role; the same may be set on the database "${database}", or on the server.`,
    )
  const needed = neededConnections(needs)
  const limits = [
    { places: found.places, by: 'max_connections, less those that are reserved', cure: 'Raise max_connections.' },
    {
      places: found.role_places,
      by: `the limit of the role "${role}"`,
      cure: `Raise it: alter role ${quoted(role)} connection limit ${2 * needed};`,
    },
    {
      places: found.database_places,
      by: `the limit of the database "${database}"`,
      cure: `Raise it: alter database ${quoted(database)} connection limit ${2 * needed};`,
    },
  ]
  for (const { places, by, cure } of limits)
    if (places >= 0 && places < needed)
      refuse(
        `PostgreSQL allows ${places} connections by ${by}; one instance of Taskwire needs ${needed} (${name}).\n${cure}`,
      )
}

/**
 * The settings that only some versions of PostgreSQL (`17.2 (Debian 17.2-1)`) know; other versions would refuse them.
 */
export const settingsOf = (version: string): Record<string, string> =>
  Number.parseInt(version) >= 17 ? { transaction_timeout: '0' } : {}

/**
 * With `off`, a crash of PostgreSQL would lose changes that were acknowledged and events that were delivered. All other
 * values wait at least for this server's disk, and the operator has chosen one.
 */
export async function durability(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ off: boolean }>(`select current_setting('synchronous_commit') = 'off' as off`)
  return rows[0]!.off ? { synchronous_commit: 'on' } : {}
}

/**
 * The schema that holds the tables, or will hold them: the first one in the search path of the owner. When the path
 * leads to no schema it is `public`, as in PostgreSQL itself.
 */
export async function findSchema(owner: pg.Client): Promise<string> {
  const { rows } = await owner.query<{ schema: string }>(`
    with path as (
      select name, nth from unnest(current_schemas(false) || 'public'::name) with ordinality as path (name, nth))
    select nspname as schema
    from path join pg_namespace on nspname = name
    where nspname not like 'pg\\_%'
    order by exists (select from pg_class where relnamespace = pg_namespace.oid and relname = 'log_head') desc,
      has_schema_privilege(pg_namespace.oid, 'create') desc, nth
    limit 1`)
  if (rows[0]) return rows[0].schema
  throw new StartError('The database has no schema to work in.\nMake one: create schema public;')
}
