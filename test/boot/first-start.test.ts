import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { eventually } from '../support/eventually.ts'
import { createPlayground, postgresPid, type Playground } from '../support/server-process.ts'

describe('the first start, in an empty folder', function () {
  this.timeout(120_000)
  let place: Playground
  beforeEach(async () => {
    place = await createPlayground()
  })
  afterEach(() => place.remove())

  it('[BT1] serves the API and prints its address, its login and its database', async () => {
    const server = place.start()
    const address = await server.ready()
    assert.equal((await fetch(`${address}/api/v1/health`)).status, 200)
    assert.match(server.output(), /Admin +\S+@\S+, password \S+/)
    assert.match(server.output(), /embedded PostgreSQL 18/)
    assert.match(server.output(), /Ctrl-C to stop/)
    assert.ok(server.output().includes(place.dataDir))
  })

  it('[BT2] shows the generated password, unlike later starts; the secrets stay, for the owner only', async () => {
    const first = place.start()
    await first.ready()
    const secrets = await readFile(path.join(place.dataDir, 'secrets.json'), 'utf8')
    first.signal('SIGTERM')
    await first.ended
    const second = place.start()
    await second.ready()
    assert.match(second.output(), /Admin +\S+@\S+\n/)
    assert.equal(await readFile(path.join(place.dataDir, 'secrets.json'), 'utf8'), secrets)
    for (const file of ['secrets.json', 'pg/password', 'pg/server-password']) {
      assert.equal((await stat(path.join(place.dataDir, file))).mode & 0o777, 0o600, file)
    }
  })

  it('[BT4] serves once when three start at once, and the others report that the folder is in use', async () => {
    const servers = [place.start(), place.start(), place.start()]
    const winner = await Promise.any(servers.map(server => server.ready().then(() => server)))
    for (const server of servers.filter(other => other !== winner)) {
      assert.equal(await server.ended, 1)
      assert.match(server.output(), /is in use by a server/)
    }
    winner.signal('SIGTERM')
    assert.equal(await winner.ended, 0)
  })

  it('[BT6] ends on a bad configuration before it changes anything', async () => {
    const server = place.start({ ACCESS_TOKEN_TTL: 'soon', LOG_LEVEL: 'loud' })
    assert.equal(await server.ended, 1)
    assert.match(server.output(), /ACCESS_TOKEN_TTL: [^]*LOG_LEVEL: /)
    await assert.rejects(stat(path.join(place.dataDir, 'pg')), { code: 'ENOENT' })
  })

  it('[BT10] is stopped in order by a signal in the middle, and the next start completes it', async () => {
    const hurried = place.start()
    await eventually(async () => assert.ok(await postgresPid(place.dataDir)), { within: 45_000 })
    hurried.signal('SIGTERM')
    assert.equal(await hurried.ended, 0)
    await place.start().ready()
  })
})
