import assert from 'node:assert/strict'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { createPlayground, type Playground } from '../support/server-process.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'

describe('a server that is killed while it checks signing in', function () {
  this.timeout(120_000)
  let server: TestServer
  let place: Playground
  before(async () => {
    server = await startServer()
    place = await createPlayground()
  })
  after(async () => {
    await place.remove()
    await server.close()
  })

  const trials = () => server.query('select from trial_accounts')
  const people = async () =>
    (await server.query<{ username: string }>('select username from users order by id')).map(({ username }) => username)

  it('[MO6] leaves an account that the next check removes, on any instance', async () => {
    const before = await people()
    const victim = place.start({
      DATABASE_URL: server.databaseUrl,
      DATABASE_MIGRATION_URL: server.ownerUrl,
      JWT_SECRET: 'a secret for tests that has more than 32 characters',
    })
    const url = await victim.ready()
    // The check hangs at its sign-in.
    const holder = await openConnection(server.ownerUrl)
    await holder.query('begin; lock table sessions in exclusive mode')
    const cut = fetch(`${url}/api/v1/monitoring/validate/authentication`, {
      headers: { authorization: `Bearer ${server.admin.token}` },
    }).catch(() => 'cut')
    await eventually(async () => assert.equal((await trials()).length, 1), { within: 20_000 })
    victim.signal('SIGKILL')
    await victim.ended
    assert.equal(await cut, 'cut')
    await holder.end()
    assert.equal((await people()).length, before.length + 1)

    await server.query(`update trial_accounts set created_at = now() - interval '5 minutes'`)
    const { body } = await expect(server.admin.rest('GET', '/monitoring/validate/authentication'), 200)
    assert.equal(body.data.ok, true)
    assert.deepEqual([await people(), await trials()], [before, []])
  })
})
