import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { createPostgresPeers, type PostgresPeers } from '../../server/adapters/peers-postgres.ts'
import { createEvents, everyone, type LogEvent } from '../../server/events/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'silent', pretty: false })

describe('instances on one database without Redis', () => {
  let database: TestDatabase
  let db: Awaited<ReturnType<typeof openDatabase>>
  const open: PostgresPeers[] = []
  before(async () => {
    database = await testDatabase()
    db = openDatabase(database.ownerUrl, log)
  })
  afterEach(() => Promise.all(open.splice(0).map(one => one.stop())))
  after(async () => {
    await db.close()
    await database.drop()
  })

  /** Peers, what they receive, and whether they hear each other by now. */
  async function peersOf(count: number) {
    const all = Array.from({ length: count }, () => {
      const peers = createPostgresPeers(database.url, log)
      const received: unknown[] = []
      for (const topic of ['wake', 'log', 'other']) peers.on(topic, message => void received.push([topic, message]))
      peers.start()
      open.push(peers)
      return { peers, received }
    })
    await hearEachOther(all)
    return all
  }

  async function hearEachOther(all: { peers: PostgresPeers; received: unknown[] }[]) {
    for (const sender of all) {
      const others = all.filter(one => one !== sender)
      for (const { received } of others) received.length = 0
      await eventually(() => {
        sender.peers.send('wake', null)
        for (const { received } of others) assert.ok(received.length > 0)
      })
    }
  }
  const logsIn = (received: unknown[]) => received.filter(one => (one as [string])[0] === 'log')

  it('[FT24] send positions of the log to all others, and not to themselves', async () => {
    const [one, two, three] = await peersOf(3)
    one!.peers.send('log', { epoch: 'e', last: 7 })
    for (const { received } of [two!, three!])
      await eventually(() => assert.deepEqual(logsIn(received), [['log', { epoch: 'e', last: 7 }]]))
    assert.deepEqual(logsIn(one!.received), [])
  })

  it('[FT24] send only the newest of many positions, and nothing that is not about the log', async () => {
    const [one, two] = await peersOf(2)
    one!.peers.send('other', 'large')
    for (let last = 1; last <= 1_000; last++) one!.peers.send('log', { epoch: 'e', last })
    await eventually(() => assert.deepEqual(logsIn(two!.received).at(-1), ['log', { epoch: 'e', last: 1_000 }]))
    assert.ok(logsIn(two!.received).length < 10, String(two!.received.length))
    assert.ok(two!.received.every(message => (message as [string])[0] !== 'other'))
  })

  it('[FT24] hear each other again after PostgreSQL has ended their connections', async () => {
    const all = await peersOf(2)
    const [row] = await db.query<{ ended: number }>({
      text: `select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity
        where datname = current_database() and query ~ '^(listen|select pg_notify)'`,
      values: [],
    })
    assert.equal(row!.ended, 2)
    await hearEachOther(all)
  })

  it('[FT24] get an event without polling, although another instance gave it its offset', async () => {
    const [one, two] = await peersOf(2)
    const pollMs = 3_600_000
    const leader = createEvents({ database: db, log, peers: one!.peers, pollMs })
    const other = createEvents({ database: db, log, peers: two!.peers, pollMs })
    const seen: LogEvent[] = []
    other.reader.onBatch(events => void seen.push(...events))
    await leader.start()
    await eventually(() => assert.equal(leader.sequencer.leading, true))
    await other.reader.start()
    await leader.command({ person: null } as never, async tx => {
      tx.record('flag_updated', { name: 'a flag', version: 1 }, everyone)
    })
    await eventually(() =>
      assert.deepEqual(
        seen.map(({ event }) => event),
        ['flag_updated'],
      ),
    )
    await other.reader.stop()
    await leader.stop()
  })
})
