import assert from 'node:assert/strict'
import { withConnection } from '../support/connection.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { giveForeignDefaults } from '../support/foreign-defaults.ts'
import { createPlayground, type Playground } from '../support/server-process.ts'

describe('starting on a database of the operator', function () {
  this.timeout(120_000)
  let place: Playground
  let database: TestDatabase
  before(async () => {
    place = await createPlayground()
    database = await testDatabase()
  })
  after(async () => {
    await place.remove()
    await database.drop()
  })
  const secret = 'a secret for tests that has more than 32 characters'
  const elsewhere = (change: object) => Object.assign(new URL(database.ownerUrl), change).href

  for (const [what, change] of Object.entries({
    'that does not exist': { pathname: '/nowhere_at_all' },
    'where nothing listens': { host: '127.0.0.1:9' },
    'with a wrong password': { password: 'wrong-as-can-be' },
  }))
    it(`[DB3] ends with one message and no dump of the driver on a database ${what}`, async () => {
      const server = place.start({ DATABASE_URL: elsewhere(change), JWT_SECRET: secret })
      assert.equal(await server.ended, 1)
      const output = server.output()
      assert.match(output, /DATABASE_URL/)
      for (const never of [/node_modules/, /^ +at /m, /severity/, /wrong-as-can-be/]) assert.doesNotMatch(output, never)
    })

  it('[DB1] serves on a database with other defaults: times are correct, and sessions last and end', async () => {
    await withConnection(database.ownerUrl, owner =>
      owner.query(giveForeignDefaults(new URL(database.ownerUrl).pathname.slice(1))),
    )
    const account = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'correct horse 9' }
    const server = place.start({
      DATABASE_URL: database.url,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      JWT_SECRET: secret,
      ...account,
    })
    const address = await server.ready()
    const body = JSON.stringify({ email: account.ADMIN_EMAIL, password: account.ADMIN_PASSWORD })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${address}/api/v1/auth/login`, { method: 'POST', headers, body })
    assert.equal(answer.status, 200)
    const { user } = (await answer.json()) as { user: { created_at: string } }
    assert.match(user.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(Math.abs(Date.parse(user.created_at) - Date.now()) < 60_000)
  })
})
