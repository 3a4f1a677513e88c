import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { TestServer } from '../support/server.ts'

/** Every row of every table that contains one of these words, as text; and the names of files that do. */
export async function tracesOf(
  server: Pick<TestServer, 'query' | 'dataDir'>,
  words: readonly string[],
): Promise<string[]> {
  const tables = await server.query<{ name: string }>(`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema in ('public', 'graphile_worker') and table_name !~ '^event_log_'`)
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await server.query<{ row: string }>(
      `select t::text as row from ${name} t where exists (select from unnest($1::text[]) as word where strpos(lower(t::text), lower(word)) > 0)`,
      [words],
    )
    found.push(...rows.map(({ row }) => `${name}: ${row.slice(0, 300)}`))
  }
  const dir = path.join(server.dataDir, 'media')
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    const text = (await readFile(file)).toString('latin1').toLowerCase()
    if (words.some(word => text.includes(word.toLowerCase()))) found.push(file)
  }
  return found
}
