import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type BackupHead, BackupRefused, type Manifest } from '../../ports/backups.ts'
import type { Section } from './sections.ts'
import type { TableSection } from './snapshot.ts'
import { columnList, ident } from './tables.ts'

/** The schemas of restores. Whatever has such a name and belongs to no running restore is what a crash left behind. */
const prefix = 'taskwire_restore_'
export const newSideName = (): string => `${prefix}${Date.now()}`

export async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select nspname as name from pg_namespace where starts_with(nspname, $1)`,
    [prefix],
  )
  for (const { name } of rows) await client.query(`drop schema ${ident(name)} cascade`)
}

/** @throws BackupRefused when a newer release has made it */
export function assertKnown({ migrations, release }: BackupHead, known: readonly string[]): void {
  const unknown = migrations.find(name => !known.includes(name))
  if (unknown === undefined) return
  throw new BackupRefused(
    `The backup was made by a newer release (${release}), whose tables this one does not know (${unknown}).`,
  )
}

interface Definitions {
  drop: string[]
  create: string[]
}

/**
 * Indexes and foreign keys are made after the rows: that is several times faster, and making a foreign key checks every
 * row.
 *
 * @param isWhole all tables are there; a part refers to rows that it does not have
 */
async function secondaryOf(client: pg.Client, isWhole: boolean): Promise<Definitions> {
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name,
      pg_get_constraintdef(k.oid) || case when $1 then '' else ' not valid' end as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and k.connamespace = current_schema()::regnamespace and k.conparentid = 0
    order by 1, 2`,
    [isWhole],
  )
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not c.relispartition
      and not i.indisunique and not exists (select from pg_constraint where conindid = i.indexrelid)
    order by 1`,
  )
  return {
    drop: [
      ...keys.map(({ table, name }) => `alter table ${table} drop constraint ${ident(name)}`),
      ...indexes.map(({ name }) => `drop index ${name}`),
    ],
    create: [
      ...indexes.map(({ definition }) => definition),
      ...keys.map(({ table, name, definition }) => `alter table ${table} add constraint ${ident(name)} ${definition}`),
    ],
  }
}

/** Fills the empty tables of the schema that the search path names, and checks that all is there that the manifest says. */
export function createLoading(client: pg.Client, isWhole: boolean) {
  const counts = new Map<string, number>()
  const others = new Set<string>()
  let secondary: Definitions = { drop: [], create: [] }

  return {
    begin: async () => {
      secondary = await secondaryOf(client, isWhole)
      for (const statement of secondary.drop) await client.query(statement)
    },

    table: async ({ head: { name, columns }, content }: Section<TableSection>, signal: AbortSignal): Promise<void> => {
      const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
        ident(name),
      ])
      // A table that somebody else has made in the same schema. It is not replaced either.
      if (!rows[0]!.there) return void others.add(name)
      const table = ident(name)
      // Triggers would answer to the restored rows as to new ones. Those of foreign keys are not among them.
      await client.query(`alter table ${table} disable trigger user`)
      // A migration may have filled the table.
      await client.query(`delete from ${table}`)
      const stream = client.query(copyFrom(`copy ${table} (${columnList(columns)}) from stdin`))
      await pipeline(content, stream, { signal })
      await client.query(`alter table ${table} enable trigger user`)
      counts.set(name, stream.rowCount)
    },

    /** @throws BackupRefused */
    finish: async ({ tables, sequences }: Manifest): Promise<void> => {
      const wrong = tables.find(({ name, rows }) => !others.has(name) && counts.get(name) !== rows)
      if (wrong)
        throw new BackupRefused(`The table ${wrong.name} has ${counts.get(wrong.name)} rows and not ${wrong.rows}.`)
      try {
        for (const statement of secondary.create) await client.query(statement)
      } catch (error) {
        throw new BackupRefused(`The backup does not fit together: ${(error as Error).message}.`)
      }
      // Those of tables of others are named too, also where the tables themselves could not be read.
      for (const { table, column, last } of sequences)
        await client.query(`select setval(pg_get_serial_sequence($1, $2), $3) where to_regclass($1) is not null`, [
          ident(table),
          column,
          last,
        ])
      await client.query('analyze')
    },

    get rows() {
      return [...counts.values()].reduce((sum, count) => sum + count, 0)
    },
  }
}
