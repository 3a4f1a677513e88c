import type pg from 'pg'
import { randomInt } from 'node:crypto'
import type { Connection } from '../ports/database.ts'
import { StartError } from '../kernel/start-error.ts'
import { scramSecret } from './scram.ts'

/** The URLs of the two roles of one database. */
export interface DatabaseUrls {
  /** The serving role. */
  url: string
  /** The role that owns and migrates the tables; null when the serving role does that too. */
  migrationUrl: string | null
}

type Owner = Pick<pg.Client, 'query'>

/**
 * Gives the role of `url` the right to work with the data and nothing else: it owns nothing, creates and drops nothing,
 * and may only read and append to the audit log and its chain. The owner calls this after each migration, under the migration lock.
 * It grants only what is missing, because a grant and a new partition at the same time would disturb each other.
 */
export async function letServe(owner: Owner, url: string): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(missingRights, [roleOf(url)])
  for (const { statement } of rows) await owner.query(statement)
}

const roleOf = (url: string): string => {
  const role = decodeURIComponent(new URL(url).username)
  if (role === '') throw new StartError('DATABASE_URL must name its role when DATABASE_MIGRATION_URL is set.')
  return role
}

/**
 * Checks that both roles connect to the same database. Comparing names or contents is not enough: two servers can have
 * databases of the same name, and a copy has the same contents. An advisory lock is visible in one database only.
 */
export async function checkSameDatabase(owner: Owner, serving: Owner): Promise<void> {
  const key = randomInt(2 ** 47)
  const lock = 'select pg_try_advisory_lock($1) as taken'
  await owner.query(lock, [key])
  try {
    const { rows } = await serving.query<{ taken: boolean }>(lock, [key])
    if (rows[0]!.taken)
      throw new StartError(
        'DATABASE_URL and DATABASE_MIGRATION_URL must lead to the same database, on the same server.',
      )
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [key])
  }
}

/** The password of a role that exists already stays as it is. */
export async function ensureRole(owner: Owner, url: string): Promise<void> {
  const role = roleOf(url)
  const { rows } = await owner.query<{ there: boolean; statement: string; may: boolean }>(
    `select exists (select from pg_roles where rolname = $1) as there,
      format('create role %I login password %L', $1::text, $2::text) as statement,
      (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may`,
    [role, scramSecret(decodeURIComponent(new URL(url).password))],
  )
  const { there, statement, may } = rows[0]!
  if (there) return
  if (!may) {
    throw new StartError(
      `The role of DATABASE_URL is not there, and the one of DATABASE_MIGRATION_URL may not make it.\n` +
        `Make it by hand: create role ${role} login password '…';`,
    )
  }
  await owner.query(statement)
}

/**
 * The statements that grant what the role `$1` lacks and revoke what it has too much; none when the role owns the
 * tables.
 */
const missingRights = `
  with serving as (
    select oid, rolname from pg_roles
    where rolname = $1 and not pg_has_role(oid, (select relowner from pg_class where oid = to_regclass('audit_log')), 'member')),
  kept as (
    select c.oid, c.oid::regclass as name from pg_class c where c.oid in
      (to_regclass('audit_log'), to_regclass('audit_chain'), to_regclass('audit_heads'))),
  tables as (
    select c.oid, case
        when c.oid in (select oid from kept) then '{select,insert}'
        when c.relname in ('mikro_orm_migrations', 'migrations') then '{select}'
        else '{select,insert,update,delete}' end::text[] as wanted
    from pg_class c
    where c.relnamespace in (to_regnamespace(quote_ident(current_schema())), to_regnamespace('graphile_worker'))
      and c.relkind in ('r', 'p') and not c.relispartition)
  select format('grant usage on schema %I to %I', nspname, rolname) as statement
    from pg_namespace, serving
    where nspname in (current_schema(), 'graphile_worker') and not has_schema_privilege(serving.oid, pg_namespace.oid, 'usage')
  union all
  select format('grant %s on %s to %I', array_to_string(wanted, ', '), tables.oid::regclass, rolname)
    from tables, serving
    where exists (select from unnest(wanted) as one where not has_table_privilege(serving.oid, tables.oid, one))
  union all
  select format('grant usage on sequence %s to %I', c.oid::regclass, rolname)
    from pg_class c, serving
    where c.relkind = 'S' and c.relnamespace in (to_regnamespace(quote_ident(current_schema())), to_regnamespace('graphile_worker'))
      and not has_sequence_privilege(serving.oid, c.oid, 'usage')
  union all
  select format('grant execute on function %s to %I', p.oid::regprocedure, rolname)
    from pg_proc p, serving
    -- By name, because the operator may have functions of their own in this schema.
    where p.pronamespace = to_regnamespace(quote_ident(current_schema()))
      and p.oid in (to_regprocedure('event_log_add_partition(bigint)'), to_regprocedure('event_log_drop_partition(text)'),
        to_regprocedure('audit_log_forget(bigint, integer)'))
      and not has_function_privilege(serving.oid, p.oid, 'execute')
  union all
  -- The tables of the queue have row security without a policy, which shuts out everybody but their owner.
  select format('create policy by_grant on %s using (true) with check (true)', c.oid::regclass)
    from pg_class c
    where c.relnamespace = to_regnamespace('graphile_worker') and c.relrowsecurity
      and not exists (select from pg_policy where polrelid = c.oid)
  union all
  -- Rights that earlier grants or PostgreSQL's defaults give in addition.
  select format('revoke update, delete, truncate, references, trigger on %s from %I', kept.name, rolname)
    from serving, kept
    where has_table_privilege(serving.oid, kept.oid, 'update, delete, truncate, references, trigger')
  union all
  select format('revoke create on schema %I from public', nspname)
    from pg_namespace, serving
    where nspname = current_schema() and has_schema_privilege(serving.oid, pg_namespace.oid, 'create')
      and pg_has_role(nspowner, 'usage')
  union all
  select format('revoke temporary on database %I from public', datname)
    from pg_database, serving
    where datname = current_database() and has_database_privilege(serving.oid, pg_database.oid, 'temporary')
      and pg_has_role(datdba, 'usage')`

/** Whether the serving role could change entries of the audit log or switch off what protects them. */
export async function mayTamper(serving: Connection): Promise<boolean> {
  const [row] = await serving.query<{ may: boolean }>({
    text: `select bool_or(pg_has_role(relowner, 'member') or has_table_privilege(oid, 'update, delete, truncate, trigger')) as may
      from pg_class where oid in ('audit_log'::regclass, 'audit_chain'::regclass, 'audit_heads'::regclass)`,
    values: [],
  })
  return row!.may
}
