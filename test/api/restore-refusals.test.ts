import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { migrateSchema } from '../../server/adapters/database-schema.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { seal, unseal } from '../../server/adapters/backup/sealing.ts'
import { frame, type Section, unframe } from '../../server/adapters/backup/sections.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { backupFiles, beginRestore, contentOf, jobEnded, makeBackup, restore } from '../suites/backups.ts'

const key = 'a key of backups with more than 32 characters'

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* once(bytes: Buffer) {
  yield bytes
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

type Part = { head: any; content: Buffer }

/** The sections of a backup. */
async function partsOf(file: Buffer): Promise<Part[]> {
  const plain = gunzipSync(await collect(unseal(once(file), key)))
  const parts: Part[] = []
  for await (const { head, content } of unframe(once(plain))) parts.push({ head, content: await collect(content) })
  return parts
}

/** A file with these sections, as only the holder of the key can make it. */
async function fileOf(parts: Part[]): Promise<Buffer> {
  async function* sections(): AsyncGenerator<Section> {
    for (const { head, content } of parts) yield { head, content: once(content) }
  }
  return collect(seal(once(gzipSync(await collect(frame(sections())))), key))
}

describe('a restore', function () {
  this.timeout(120_000)
  let server: TestServer
  let good: Buffer
  let file: string
  let id: number
  before(async () => {
    server = await startServer({ env: { BACKUP_KEY: key }, tuning: { maintenanceLookMs: 50 } })
    await server.user('ann')
    for (let nth = 0; nth < 20; nth++)
      await expect(server.admin.rest('POST', '/tasks', { title: randomBytes(200).toString('hex') }), 201)
    ;({ id } = await makeBackup(server.admin, 'database'))
    file = (await backupFiles(server))[0]!
    good = await readFile(file)
  })
  after(() => server.close())
  afterEach(() => writeFile(file, good))

  /** The columns of each table of a database that had only these migrations. */
  async function columnsAfter(migrations: string[]): Promise<Map<string, Set<string>>> {
    await server.query('create schema older')
    const url = withSettings(server.ownerUrl, { search_path: 'older' })
    await migrateSchema(url, 'older', createLogger({ level: 'silent', pretty: false }), migrations)
    const rows = await server.query<{ table: string; columns: string[] }>(`
      select table_name as table, array_agg(column_name::text) as columns from information_schema.columns
      where table_schema = 'older' group by 1`)
    await server.query('drop schema older cascade')
    return new Map(rows.map(({ table, columns }) => [table, new Set(columns)]))
  }

  /** The reason, at whichever step it is refused; nothing has changed then. */
  async function refusalOf(content: Buffer | null): Promise<string> {
    if (content) await writeFile(file, content)
    else await rm(file)
    const before = await contentOf(server)
    const asked = await server.admin.rest('POST', '/backup/restore', { backup_id: id })
    let reason: string
    if (asked.status !== 200) reason = asked.body.error.message
    else {
      const job = await jobEnded(server.admin, (await beginRestore(server.admin, id)).id)
      assert.equal(job.status, 'failed')
      reason = job.error!
    }
    assert.deepEqual(await contentOf(server), before)
    assert.deepEqual(await server.query(`select from pg_namespace where nspname like 'taskwire%'`), [])
    return reason
  }

  it('[BR4] says why it refuses a damaged file, and nothing changes (attack 112)', async () => {
    const flipped = Buffer.from(good)
    flipped[good.length - 40]! ^= 1
    assert.match(await refusalOf(Buffer.alloc(good.length)), /not a backup of Taskwire/)
    assert.match(await refusalOf(good.subarray(0, good.length / 2)), /its end is missing/)
    assert.match(await refusalOf(flipped), /was changed/)
    assert.match(await refusalOf(Buffer.concat([good, Buffer.of(0)])), /goes on after its end/)
    assert.match(await refusalOf(await collect(seal(once(good), `${key}!`))), /another key/)
    assert.match(await refusalOf(null), /no longer there/)
  })

  it('[BR4] says why it refuses what somebody with the key has put together wrongly', async () => {
    const parts = await partsOf(good)
    const at = (name: string) => parts.findIndex(({ head }) => head.name === name)
    const changed = (nth: number, change: (part: Part) => Part) =>
      fileOf(parts.map((part, n) => (n === nth ? change(part) : part)))
    const without = (nth: number) => fileOf(parts.filter((_, n) => n !== nth))

    assert.match(await refusalOf(await without(parts.length - 1)), /manifest is missing/)
    assert.match(await refusalOf(await without(0)), /no beginning/)
    assert.match(await refusalOf(await without(at('tasks'))), /table tasks/)
    const other = (part: Part) => ({ ...part, content: Buffer.concat([part.content, part.content]) })
    assert.match(await refusalOf(await changed(at('tasks'), other)), /table tasks/)
    assert.match(
      await refusalOf(await fileOf([...parts.slice(0, -1), parts[at('tasks')]!, parts.at(-1)!])),
      /tasks|fit together|duplicate/,
    )
  })

  it('[BR17] refuses the backup of a newer release', async () => {
    const [first, ...rest] = await partsOf(good)
    const migrations = [...first!.head.migrations, 'Migration20991231000000_later']
    const newer = await fileOf([{ ...first!, head: { ...first!.head, migrations, release: '9.9.9' } }, ...rest])
    assert.match(await refusalOf(newer), /newer release \(9\.9\.9\)/)
  })

  it('[BR17] brings the backup of an older release up to date', async () => {
    const parts = await partsOf(good)
    const migrations = parts[0]!.head.migrations.filter((name: string) => name < 'Migration20261204')
    const columns = await columnsAfter(migrations)
    const old = parts
      .filter(({ head }) => head.section !== 'table' || columns.has(head.name))
      .map(part => {
        if (part.head.section === 'head') return { ...part, head: { ...part.head, migrations } }
        if (part.head.section === 'table') return withColumns(part, columns.get(part.head.name)!)
        const tables = part.head.tables.filter(({ name }: { name: string }) => columns.has(name))
        return { ...part, head: { ...part.head, tables } }
      })
    await writeFile(file, await fileOf(rehashed(old)))
    const before = await contentOf(server)
    await server.admin.rest('POST', '/tasks', { title: 'It will be gone' })
    await restore(server.admin, id)
    const after = await contentOf(server)
    const plain = (rows: unknown[]) => rows.map(row => ({ ...(row as object), sort_key: null }))
    assert.deepEqual(plain(after.tasks!), plain(before.tasks!))
    assert.deepEqual(after.users, before.users)
    await expect(server.admin.rest('GET', '/tasks?sort=position'), 200)
    assert.equal((await expect(server.admin.rest('GET', '/audit/verify'), 200)).body.data.ok, true)
  })
})

/** A table as it was when it had only these columns. */
function withColumns(part: Part, columns: ReadonlySet<string>): Part {
  const kept = (_: unknown, nth: number) => columns.has(part.head.columns[nth])
  const lines = part.content.toString().split('\n').filter(Boolean)
  // Each entry of the audit log had its hash.
  const asThen = (value: string, nth: number) => (part.head.columns[nth] === 'hash' ? 'of then' : value)
  const cells = (line: string) => line.split('\t').map(asThen).filter(kept)
  const content = Buffer.from(lines.map(line => `${cells(line).join('\t')}\n`).join(''))
  return { head: { ...part.head, columns: part.head.columns.filter(kept) }, content }
}

function rehashed(parts: Part[]): Part[] {
  return parts.map(part => {
    if (part.head.section !== 'manifest') return part
    const tables = part.head.tables.map((table: { name: string }) => {
      const { content } = parts.find(({ head }) => head.section === 'table' && head.name === table.name)!
      return { ...table, sha256: sha256(content) }
    })
    return { ...part, head: { ...part.head, tables } }
  })
}
