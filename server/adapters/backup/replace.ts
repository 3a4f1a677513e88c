import pg from 'pg'
import { BackupRefused } from '../../ports/backups.ts'
import { columnList, ident } from './tables.ts'

/** How long the switch waits for those who still use the tables, and how often it tries. */
const lockMs = 5_000
const attempts = 6

interface Named {
  name: string
}

/** The relations of a schema that have the name of one of ours, and the partitions of those. */
const ours = `
  with recursive ours as (
    select c.oid, c.relname, c.relkind from pg_class c
    where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
      and exists (select from pg_class s where s.relnamespace = $2::regnamespace and s.relname = c.relname and s.relkind in ('r', 'p'))
    union
    select c.oid, c.relname, c.relkind from ours join pg_inherits i on i.inhparent = ours.oid join pg_class c on c.oid = i.inhrelid)`

/**
 * What somebody has built upon our tables, and what would go with them.
 *
 * @throws BackupRefused naming it
 */
export async function assertNothingBuiltUpon(client: pg.Client, home: string, side: string): Promise<void> {
  const { rows } = await client.query<Named>(
    `${ours}
    select distinct r.ev_class::regclass::text as name
    from ours join pg_depend d on d.refobjid = ours.oid and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite r on r.oid = d.objid
    where r.ev_class not in (select oid from ours)
    union
    select k.conrelid::regclass::text from ours join pg_constraint k on k.confrelid = ours.oid and k.contype = 'f'
    where k.conrelid not in (select oid from ours)`,
    [ident(home), ident(side)],
  )
  if (rows.length === 0) return
  throw new BackupRefused(
    `Views or tables of your own depend on the tables of Taskwire: ${rows.map(({ name }) => name).join(', ')}. ` +
      'Remove them, restore, and make them again.',
  )
}

/**
 * Puts the tables and functions of the schema `side` in the place of those in `home`, in one transaction that takes
 * milliseconds. Everything else in `home` stays.
 *
 * @param finish called when the new tables are in place, and those of before in the schema `past`
 */
export async function replace(
  client: pg.Client,
  home: string,
  side: string,
  finish: (past: string) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(client, home, side, finish)
    } catch (error) {
      await client.query('rollback')
      const { code } = error as { code?: string }
      // Somebody holds a lock for longer, or each waits for the other.
      if (code !== '55P03' && code !== '40P01') throw error
      if (attempt === attempts)
        throw new BackupRefused(
          'The tables are in use, by a backup or an export for example. Wait for it, and begin again.',
        )
    }
  }
}

async function once(client: pg.Client, home: string, side: string, finish: (past: string) => Promise<void>) {
  const past = `${side}_past`
  const names = [ident(home), ident(side)]
  await client.query(`begin; set local lock_timeout = ${lockMs}; set local search_path = ${ident(home)}`)
  const { rows: before } = await client.query<Named>(`${ours} select relname as name from ours order by 1`, names)
  await client.query(
    `lock table ${before.map(({ name }) => `${ident(home)}.${ident(name)}`).join(', ')} in access exclusive mode`,
  )
  const { rows: grants } = await client.query<{ statement: string }>(
    `${ours}
    select format('grant %s on %I.%I to %s', privilege_type, $3::text, relname,
      case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end) as statement
    from ours join pg_class using (oid, relname), aclexplode(relacl)
    where grantee <> relowner and relname in (select relname from pg_class where relnamespace = $2::regnamespace)`,
    [...names, home],
  )
  const { rows: after } = await client.query<Named>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p') order by 1`,
    [ident(side)],
  )
  const functions = await client.query<{ signature: string; there: boolean }>(
    `select format('%I(%s)', proname, pg_get_function_identity_arguments(p.oid)) as signature,
      exists (select from pg_proc h where h.pronamespace = $1::regnamespace and h.proname = p.proname
        and h.proargtypes = p.proargtypes) as there
    from pg_proc p where p.pronamespace = $2::regnamespace`,
    names,
  )
  await carrySequences(client, home, side)
  await client.query(`create schema ${ident(past)}`)
  const move = (from: string, to: string) => (what: string) =>
    client.query(`alter ${what.replace(' ', ` ${ident(from)}.`)} set schema ${ident(to)}`)
  for (const { name } of before) await move(home, past)(`table ${ident(name)}`)
  for (const { signature, there } of functions.rows) if (there) await move(home, past)(`function ${signature}`)
  for (const { name } of after) await move(side, home)(`table ${ident(name)}`)
  for (const { signature } of functions.rows) await move(side, home)(`function ${signature}`)
  await repairSearchPaths(client, home, side)
  for (const { statement } of grants) await client.query(statement)
  await finish(past)
  await client.query(`set local client_min_messages = warning; drop schema ${ident(past)} cascade`)
  await client.query(`drop schema ${ident(side)}`)
  await client.query('commit')
}

/** No id is given twice, also not one that was given since the backup and is in it no more. */
async function carrySequences(client: pg.Client, home: string, side: string): Promise<void> {
  await client.query(
    `select setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, h.last_value)
    from pg_sequences s join pg_sequences h using (sequencename)
    where s.schemaname = $2 and h.schemaname = $1 and h.last_value > coalesce(s.last_value, 0)`,
    [home, side],
  )
}

/** Functions that work with the owner's rights name their schema themselves, and it has another name now. */
async function repairSearchPaths(client: pg.Client, home: string, side: string): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('alter function %s set search_path = %s', p.oid::regprocedure, $3::text) as statement
    from pg_proc p where p.pronamespace = $1::regnamespace
      and exists (select from unnest(proconfig) as one where starts_with(one, 'search_path=') and strpos(one, $2) > 0)`,
    [ident(home), side, `${ident(home)}, pg_temp`],
  )
  for (const { statement } of rows) await client.query(statement)
}

/** Copies rows from the table of before into the new one, by the columns that both have. */
export async function carryRows(
  client: pg.Client,
  { home, past }: { home: string; past: string },
  table: string,
  where: string,
  { values = [], overwrite = false }: { values?: unknown[]; overwrite?: boolean } = {},
): Promise<void> {
  const { rows } = await client.query<{ name: string; is_key: boolean }>(
    `select n.attname as name, exists (select from pg_index i
        where i.indrelid = n.attrelid and i.indisprimary and n.attnum = any(i.indkey)) as is_key
    from pg_attribute n join pg_attribute o using (attname)
    where n.attrelid = $1::regclass and o.attrelid = $2::regclass and n.attnum > 0 and not n.attisdropped
      and n.attgenerated = '' order by n.attnum`,
    [`${ident(home)}.${ident(table)}`, `${ident(past)}.${ident(table)}`],
  )
  const columns = rows.map(({ name }) => name)
  const keys = rows.filter(({ is_key }) => is_key).map(({ name }) => name)
  const others = rows.filter(({ is_key }) => !is_key).map(({ name }) => `${ident(name)} = excluded.${ident(name)}`)
  const conflict = overwrite ? `on conflict (${columnList(keys)}) do update set ${others.join(', ')}` : ''
  await client.query(
    `insert into ${ident(home)}.${ident(table)} (${columnList(columns)}) overriding system value
    select ${columnList(columns)} from ${ident(past)}.${ident(table)} old where ${where} ${conflict}`,
    values,
  )
}
