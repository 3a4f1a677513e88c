import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { connectionTo, reliedOn, withSettings } from '../../server/adapters/database-connection.ts'
import { migrate } from '../../server/adapters/database-migration.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { withConnection } from '../support/connection.ts'
import { foreignDefaults, giveForeignDefaults } from '../support/foreign-defaults.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'silent', pretty: false })

describe('a connection to the database', () => {
  let database: TestDatabase
  let url: string
  before(async () => {
    database = await testDatabase()
    await withConnection(database.ownerUrl, owner =>
      owner.query(giveForeignDefaults(new URL(database.ownerUrl).pathname.slice(1))),
    )
    url = await migrate({ url: database.url, migrationUrl: database.ownerUrl }, log)
  })
  after(() => database.drop())

  const shown = async (ask: (text: string) => Promise<{ name: string; setting: string }[]>) => {
    const names = Object.keys(reliedOn).map(name => `'${name.toLowerCase()}'`)
    const rows = await ask(`select name, current_setting(name) as setting from pg_settings
      where lower(name) in (${names.join()}) or name = 'transaction_timeout'`)
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  }
  const wanted = { ...reliedOn, transaction_timeout: '0' }
  /** Older versions of PostgreSQL do not have this setting. */
  const without = (settings: Record<string, string>) => ({ transaction_timeout: '0', ...settings })

  it('[DB1] has our settings whatever the database, the URL and the environment say: for the pool, health checks and sessions', async () => {
    const before = process.env.PGOPTIONS
    process.env.PGOPTIONS = '-c DateStyle=SQL -c jit=on'
    const loud = `${url}%20-c%20TimeZone%3DAsia%2FTokyo&statement_timeout=1&client_encoding=latin1&binary=true&application_name=x`
    const opened = openDatabase(loud, log)
    try {
      const session = await opened.openSession({ idleTimeoutMs: 5_000 })
      const settings = [
        await shown(text => opened.query({ text, values: [] })),
        await shown(text => opened.reserved.query({ text, values: [] })),
        { ...(await shown(text => session.query({ text, values: [] }))), idle_session_timeout: '0' },
      ]
      for (const found of settings) assert.deepEqual(without(found), wanted)
      const [row] = await opened.query<{ at: string; text: string }>({
        text: `select '2026-11-28 16:30:13.937+00'::timestamptz as at, 'é' || current_setting('application_name') as text`,
        values: [],
      })
      assert.deepEqual(row, { at: '2026-11-28T16:30:13.937Z', text: 'éx' })
      await session.close()
    } finally {
      await opened.close()
      process.env.PGOPTIONS = before ?? ''
    }
  })

  it('[DB1] has the given limits, and no others', () =>
    withConnection(connectionTo(url, { lock: 1_234 }), async connection => {
      const { rows } = await connection.query(`select current_setting('lock_timeout') as lock,
        current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`)
      assert.deepEqual(rows, [{ lock: '1234ms', statement: '0', idle: '0' }])
    }))

  it('[DB1] sets everything that databases may have other defaults for, unless it makes no difference', () => {
    const elsewhere = ['client_encoding', 'search_path', 'statement_timeout', 'lock_timeout']
    const harmless = ['escape_string_warning', 'quote_all_identifiers', 'default_text_search_config']
    const others = [...elsewhere, ...harmless, 'idle_in_transaction_session_timeout']
    const given = Object.keys(foreignDefaults).filter(name => !others.includes(name) && !name.startsWith('jit_'))
    assert.deepEqual(given.toSorted(), Object.keys(reliedOn).toSorted())
  })

  it('[DB1] goes to the host of the URL, with the URL’s own parameters', () => {
    const config = connectionTo(
      'postgres://ann:p%20w@h:1/d?sslmode=require&host=/run/pg&options=-c%20work_mem%3D8MB&query_timeout=1',
    )
    assert.equal(config.connectionString, 'postgres://ann:p%20w@h:1/d?sslmode=verify-full&host=%2Frun%2Fpg')
    assert.match(config.options!, /^-c work_mem=8MB -c DateStyle=ISO,\\ MDY /)
    const more = connectionTo(withSettings('postgres://h/d?options=-c%20a%3Db', { search_path: '"a b"' }))
    assert.match(more.options!, /^-c a=b -c search_path="a\\ b" -c DateStyle/)
  })
})

describe('the schema of the tables', () => {
  const role = `taskwire_test_own_${process.pid}`
  let database: TestDatabase
  beforeEach(async () => {
    database = await testDatabase()
    await asOwner('drop schema public cascade; drop schema graphile_worker cascade')
  })
  afterEach(async () => {
    await database.drop()
    await withConnection((await (database = await testDatabase())).ownerUrl, owner =>
      owner.query(`drop role if exists ${role}`),
    )
    await database.drop()
  })
  const asOwner = (statements: string) => withConnection(database.ownerUrl, owner => owner.query(statements))
  const nameOf = () => new URL(database.ownerUrl).pathname.slice(1)

  /** Starts twice, and does one thing of each kind that finds tables by name. */
  async function worksIn(schema: string, migrationUrl: string) {
    for (let start = 1; start <= 2; start++) {
      const url = await migrate({ url: database.url, migrationUrl }, log)
      const opened = openDatabase(url, log)
      const [row] = await opened.query<{ schema: string }>({
        text: `select relnamespace::regnamespace::text as schema from pg_class where oid = 'tasks'::regclass`,
        values: [],
      })
      await opened.query({ text: 'select event_log_add_partition(0)', values: [] }).catch(error => {
        assert.equal(start, 2, String(error))
      })
      await opened.close()
      assert.equal(row!.schema, schema)
    }
  }

  it('[DB2] is the role’s own schema if it has one, for the serving role too', async () => {
    await asOwner(`create schema public; create role ${role} login password 'x' createrole; grant create on database ${nameOf()} to ${role};
      create schema ${role} authorization ${role}`)
    try {
      await worksIn(role, Object.assign(new URL(database.ownerUrl), { username: role, password: 'x' }).href)
    } finally {
      await asOwner(`drop owned by ${role}`)
    }
  })

  for (const path of ['nowhere, pg_catalog', 'work, public', '', '"Odd name", work'])
    it(`[DB2] is found with the search path ${path || '(empty)'}`, async () => {
      await asOwner(`create schema public; create schema work; create schema "Odd name"; create schema extensions;
        alter database ${nameOf()} set search_path = ${path || `''`}`)
      const [schema] = [path.startsWith('work') ? 'work' : /Odd/.test(path) ? '"Odd name"' : 'public']
      await worksIn(schema, database.ownerUrl)
    })

  it('[DB2] may differ from the schema of the extensions', async () => {
    await asOwner(`create schema public; create schema extensions; create extension unaccent schema extensions`)
    await worksIn('public', database.ownerUrl)
  })
})
