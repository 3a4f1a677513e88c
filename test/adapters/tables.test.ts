import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Table } from '../../server/ports/table.ts'
import { startServer, type TestServer } from '../support/server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the descriptions of the tables', () => {
  let server: TestServer
  before(async () => (server = await startServer()))
  after(() => server.close())

  async function describedColumns(): Promise<string[]> {
    const files = globSync('server/**/*.table.ts', { cwd: root })
    const modules = await Promise.all(files.map(file => import(pathToFileURL(`${root}/${file}`).href)))
    const tables = modules.flatMap(module => Object.values<Table>(module))
    return tables.flatMap(({ name, columns }) =>
      columns.map(({ name: column, type, nullable }) => `${name}.${column} ${type}${nullable ? ' null' : ''}`),
    )
  }

  /** Partitions have the columns of their table; the table of the migrations belongs to the migrator. */
  const migratedColumns = async () => {
    const rows = await server.query<{ line: string }>(`
      select t.relname || '.' || c.attname || ' ' || format_type(c.atttypid, c.atttypmod)
        || case when c.attnotnull then '' else ' null' end as line
      from pg_attribute c join pg_class t on t.oid = c.attrelid
      where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
        and t.relname <> 'mikro_orm_migrations' and c.attnum > 0 and not c.attisdropped`)
    return rows.map(({ line }) => line)
  }

  it('[DB5] are those of the migrated database, with all columns', async () => {
    const [described, migrated] = [await describedColumns(), await migratedColumns()]

    assert.ok(migrated.length > 150)
    assert.deepEqual(described.toSorted(), migrated.toSorted())
  })
})
