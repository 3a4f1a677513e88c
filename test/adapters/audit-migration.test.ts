import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { migrateSchema } from '../../server/adapters/database-schema.ts'
import { knownMigrations } from '../../server/adapters/known-migrations.ts'
import { createAuditChain, createAuditLog } from '../../server/features/audit/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'silent', pretty: false })
const later = 'Migration20261219'

describe('an audit log of the release before', () => {
  let database: TestDatabase
  let owner: Connection
  beforeEach(async () => {
    database = await testDatabase()
    owner = await openConnection(database.ownerUrl)
    await owner.query('create schema older; set search_path = older; set timezone = UTC')
    const before = knownMigrations().filter(name => name < later)
    await migrateSchema(withSettings(database.ownerUrl, { search_path: 'older' }), 'older', log, before)
    await owner.query(`insert into users (email, username, name, password_hash) values ('z', 'z', 'z', '')`)
    let last = ''
    for (let n = 0; n < 5; n++) {
      const { rows } = await owner.query<{ id: string; content: string }>(
        `insert into audit_log (user_id, action, resource, resource_id, details, ip_address, user_agent, created_at, hash)
        select id, 'user.updated', 'user', $1, $2, '192.0.2.' || $1, 'agent "é"', now(), '' from users
        returning id, json_build_array(user_id, action, resource, resource_id, details::text, ip_address, user_agent,
          extract(epoch from created_at) * 1000)::text as content`,
        [String(n), JSON.stringify({ 'b a': n, a: ['ü'], ...(n % 2 === 1 && { reason: 'she asked' }) })],
      )
      last = createHash('sha256')
        .update(last + rows[0]!.content)
        .digest('hex')
      await owner.query('alter table audit_log disable trigger user')
      await owner.query('update audit_log set hash = $1 where id = $2', [last, rows[0]!.id])
      await owner.query('alter table audit_log enable trigger user')
    }
  })
  afterEach(() => database.drop())

  /** Migrates, adds an entry as the release before does, and checks the chain. */
  async function verified() {
    const url = withSettings(database.ownerUrl, { search_path: 'older' })
    await migrateSchema(url, 'older', log)
    await owner.query(`insert into audit_log (action, resource, details, ip_address, created_at, hash)
      values ('test', 'test', '{}', '192.0.2.9', now(), 'of the release before')`)
    const opened = openDatabase(url, log)
    try {
      const chain = createAuditChain({ database: opened, jwtSecret: 'a secret', log })
      return await createAuditLog({ database: opened, chain }).verify(undefined as never, undefined as never)
    } finally {
      await opened.close()
    }
  }

  it('[AU5] is linked anew when it is migrated, and what the release before still writes is linked too', async () => {
    const { ok, checked, last } = await verified()
    assert.deepEqual([ok, checked, last?.id], [true, 6, 6])
    const { rows } = await owner.query('select count(*)::int as count from audit_log where hash is not null')
    assert.equal(rows[0].count, 0)
    const { rows: moved } = await owner.query('select details, personal, personal_of from audit_log where id = 2')
    assert.deepEqual(moved, [{ details: { 'b a': 1, a: ['ü'] }, personal: { reason: 'she asked' }, personal_of: '1' }])
  })

  for (const [id, statement] of [
    [3, `update audit_log set ip_address = '203.0.113.7' where id = 3`],
    [2, 'delete from audit_log where id = 1'],
  ] as const)
    it(`[AU6] is broken where it was broken before: ${statement}`, async () => {
      await owner.query(`alter table audit_log disable trigger user; ${statement};
        alter table audit_log enable trigger user`)
      const found = await verified()
      assert.deepEqual([found.ok, found.first_broken_id], [false, id])
    })
})
