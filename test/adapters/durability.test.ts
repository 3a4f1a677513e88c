import assert from 'node:assert/strict'
import { connectionTo } from '../../server/adapters/database-connection.ts'
import { migrate } from '../../server/adapters/database-migration.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { withConnection } from '../support/connection.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

describe('the durability of commits', () => {
  const log = createLogger({ level: 'silent', pretty: false })
  let database: TestDatabase
  before(async () => (database = await testDatabase()))
  after(() => database.drop())

  const ask = (url: string, text: string) =>
    withConnection(connectionTo(url), async connection => (await connection.query(text)).rows[0])

  for (const [given, served] of [
    ['off', 'on'],
    ['local', 'local'],
    ['remote_apply', 'remote_apply'],
  ])
    it(`[DB6] is ${served} on a database whose default is ${given}`, async () => {
      const name = new URL(database.ownerUrl).pathname.slice(1)
      await ask(database.ownerUrl, `alter database ${name} set synchronous_commit = ${given}`)
      const url = await migrate({ url: database.url, migrationUrl: database.ownerUrl }, log)

      assert.deepEqual(await ask(url, 'show synchronous_commit'), { synchronous_commit: served })
    })

  it('[DB6] is what the serving role has, whatever the migrating one has', async () => {
    const { username } = new URL(database.url)
    await ask(database.ownerUrl, `alter role current_user set synchronous_commit = off`)
    await ask(database.ownerUrl, `alter role ${username} set synchronous_commit = remote_apply`)
    try {
      const url = await migrate({ url: database.url, migrationUrl: database.ownerUrl }, log)
      assert.deepEqual(await ask(url, 'show synchronous_commit'), { synchronous_commit: 'remote_apply' })
    } finally {
      for (const role of ['current_user', username])
        await ask(database.ownerUrl, `alter role ${role} reset synchronous_commit`)
    }
  })
})
