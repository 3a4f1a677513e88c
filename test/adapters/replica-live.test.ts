import assert from 'node:assert/strict'
import { openDatabase, type PostgresDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createEvents, everyone, type LogEvent } from '../../server/events/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noPeers } from '../../server/ports/peers.ts'
import { eventually } from '../support/eventually.ts'
import { type Opened, startReplicated } from '../support/replicated.ts'

const log = createLogger({ level: 'silent', pretty: false })

describe('live events beside a replica, without Redis', function () {
  this.timeout(120_000)
  let place: Awaited<ReturnType<typeof startReplicated>>
  let plain: PostgresDatabase
  let database: Opened
  let leader: ReturnType<typeof createEvents>

  before(async () => {
    place = await startReplicated()
    const url = withSettings(place.primary.ownerUrl, { search_path: 'public' })
    plain = openDatabase(url, log)
    leader = createEvents({ database: plain, log, peers: noPeers })
    await leader.start()
    await eventually(() => assert.ok(leader.sequencer.leading))
    database = await place.open(url, place.standby.ownerUrl)
    await eventually(async () => assert.equal((await database.replica!.check()).status, 'healthy'))
    await place.standby.query('select pg_wal_replay_pause()')
  })
  after(async () => {
    await leader?.stop()
    await plain?.close()
    await place?.remove()
  })

  /** Records so many events at once, and reads them as another instance does, which gets no message. */
  async function follow(count: number) {
    const { reader } = createEvents({ database, log, peers: noPeers })
    const seen: LogEvent[] = []
    reader.onBatch(events => void seen.push(...events))
    await reader.start()
    try {
      await leader.command({ person: null } as never, async tx => {
        for (let nth = 0; nth < count; nth++) tx.record('flag_updated', { name: 'a flag', version: 1 }, everyone)
      })
      await eventually(() => assert.equal(seen.length, count))
    } finally {
      await reader.stop()
    }
  }

  it('[RP9] ask nothing of it, so they do not wait for it', async () => {
    const before = await database.counts()
    await follow(1)
    assert.deepEqual(await database.counts(), before)
  })

  it('[RP9] [RP1] are read there when an instance has much to catch up on', async () => {
    const { behind = 0 } = (await database.counts()).primary
    await follow(600)
    assert.ok((await database.counts()).primary.behind! > behind)
  })
})
