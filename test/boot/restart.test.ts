import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { eventually } from '../support/eventually.ts'
import { createPlayground, isRunning, postgresPid, type Playground } from '../support/server-process.ts'

describe('stopping and starting again, in one folder', function () {
  this.timeout(120_000)
  let place: Playground
  before(async () => {
    place = await createPlayground()
    await place.start().ready()
    await place.stopAll()
  })
  afterEach(() => place.stopAll())
  after(() => place.remove())

  it('[BT3] refuses a second server in the folder, with the process and address of the first', async () => {
    const address = await place.start().ready()
    const second = place.start()
    assert.equal(await second.ended, 1)
    assert.match(second.output(), /in use by a server that runs as process \d+ at /)
    assert.ok(second.output().includes(address), second.output())
    assert.equal((await fetch(`${address}/api/v1/health`)).status, 200)
  })

  it('[BT5] reports an explicit port that is taken, with its number', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => squatter.once('listening', resolve))
    const { port } = squatter.address() as AddressInfo
    const server = place.start({ PORT: String(port) })
    assert.equal(await server.ended, 1)
    squatter.close()
    assert.match(server.output(), new RegExp(`Port ${port} on 127.0.0.1 is taken`))
  })

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`[BT7] ends on ${signal} with code 0 and leaves no PostgreSQL behind, also when it comes three times`, async () => {
      const server = place.start()
      await server.ready()
      const postgres = await postgresPid(place.dataDir)
      for (let time = 0; time < 3; time++) server.signal(signal)
      assert.equal(await server.ended, 0)
      assert.equal(isRunning(postgres), false)
    })
  }

  it('[BT8] stops PostgreSQL after kill -9, and the next start works with the same data', async () => {
    const killed = place.start()
    await killed.ready()
    const postgres = await postgresPid(place.dataDir)
    killed.signal('SIGKILL')
    await killed.ended
    await eventually(() => assert.equal(isRunning(postgres), false))
    const next = place.start()
    assert.equal((await fetch(`${await next.ready()}/api/v1/health`)).status, 200)
    assert.doesNotMatch(next.output(), /password/)
  })

  it('[BT8] starts at once after kill -9, and after kill -9 of PostgreSQL too, without manual work', async () => {
    const killed = place.start()
    await killed.ready()
    const postgres = await postgresPid(place.dataDir)
    killed.signal('SIGKILL')
    try {
      process.kill(postgres, 'SIGKILL')
    } catch (error) {
      // It ends by itself when its server is gone.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    await killed.ended
    const next = place.start()
    await next.ready()
    next.signal('SIGTERM')
    assert.equal(await next.ended, 0)
  })

  it('[BT9] reports the death of its embedded PostgreSQL and exits with code 1', async () => {
    const server = place.start()
    await server.ready()
    process.kill(await postgresPid(place.dataDir), 'SIGKILL')
    assert.equal(await server.ended, 1)
    assert.match(server.output(), /PostgreSQL has died/)
  })
})
