import assert from 'node:assert/strict'
import sql from 'sql-template-tag'
import { openDatabase, type PostgresDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { type PostgresStandby, startStandby } from '../support/postgres-standby.ts'
import { startReplicated } from '../support/replicated.ts'

const lost = 7
const kept = 8

describe('a replica of PostgreSQL after a failover', function () {
  this.timeout(120_000)
  let place: Awaited<ReturnType<typeof startReplicated>>
  /** The one that becomes the primary, and one that had received more than it. */
  let heir: PostgresStandby
  let ahead: PostgresStandby
  let database: PostgresDatabase

  before(async () => {
    place = await startReplicated()
    heir = place.standby
    ahead = await startStandby(place.primary)
    const old = openDatabase(serving(place.primary.ownerUrl), createLogger({ level: 'silent', pretty: false }))
    await old.query(sql`create table numbers (n int primary key, filler text)`)
    for (const one of [heir, ahead]) await eventually(() => one.query('select from numbers'))
    heir.stream.pause()
    await old.query(sql`insert into numbers values (${lost})`)
    await old.query(sql`insert into numbers select 1000 + n, repeat(md5(n::text), 30) from generate_series(1, 3000) n`)
    await eventually(async () => assert.ok((await ahead.query('select from numbers')).length > 3_000))
    await old.close()
    await place.primary.crash()
    await heir.promote()
    database = await place.open(serving(heir.ownerUrl), ahead.ownerUrl)
    await database.query(sql`insert into numbers values (${kept})`)
  })
  after(async () => {
    await ahead?.remove()
    await place?.remove()
  })

  const serving = (url: string) => withSettings(url, { search_path: 'public' })
  const numbers = async (db: PostgresDatabase) =>
    (await db.reads.query<{ n: number }>(sql`select n from numbers where n < 1000`)).map(({ n }) => n)
  const epoch = async () => (await database.query<{ epoch: string }>(sql`select epoch from log_head`))[0]!.epoch
  /** Why the replica is not used, once that is known. */
  const reason = (db: PostgresDatabase, wanted: string) =>
    eventually(async () => {
      assert.deepEqual(await numbers(db), [kept])
      assert.equal((await db.replica!.check())['reason'], wanted)
    })

  it('[RP5] [EV16] is not used while it follows the primary of before, however far it is', async () => {
    const [wal] = await database.query(sql`select pg_current_wal_flush_lsn() < ${await position()}::pg_lsn as is_less`)
    assert.deepEqual(wal, { is_less: true })
    await reason(database, 'the primary does not say how far it is')
    const before = await epoch()
    await place.nameLog(database)
    assert.notEqual(await epoch(), before, 'the log has a new name')
    await reason(database, 'it is not a replica of this database')
  })

  it('[RP5] is not used when it is a primary itself', async () => {
    await ahead.promote()
    await reason(database, 'it is a primary itself')
  })

  it('[RP5] is not used when it is another database', async () => {
    const elsewhere = Object.assign(new URL(heir.ownerUrl), { pathname: '/postgres' }).href
    await reason(await place.open(serving(heir.ownerUrl), elsewhere), 'it is not a replica of this database')
    const stranger = await startReplicated()
    try {
      const opened = await place.open(serving(heir.ownerUrl), stranger.standby.ownerUrl)
      await reason(opened, 'it is not a replica of this database')
    } finally {
      await stranger.remove()
    }
  })

  const position = async () => (await ahead.query<{ lsn: string }>('select pg_last_wal_replay_lsn() as lsn'))[0]!.lsn
})
