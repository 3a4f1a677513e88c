import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import sql from 'sql-template-tag'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { startDroppingPooler } from '../support/dropping-pooler.ts'
import { eventually } from '../support/eventually.ts'
import { type Opened, startReplicated } from '../support/replicated.ts'

describe('a server that only looks like the replica', function () {
  this.timeout(120_000)
  let place: Awaited<ReturnType<typeof startReplicated>>

  before(async () => {
    place = await startReplicated()
  })
  after(() => place.remove())

  const open = (replicaUrl: string) =>
    place.open(withSettings(place.primary.ownerUrl, { search_path: 'public' }), replicaUrl)
  const ofStandby = (change: Partial<Pick<URL, 'host' | 'pathname'>>) =>
    Object.assign(new URL(place.standby.ownerUrl), change).href
  const reason = (db: Opened, wanted: string) =>
    eventually(async () => assert.equal((await db.replica!.check())['reason'], wanted))

  it('[RP5] is not used behind something that drops settings and may choose a server for each statement', async () => {
    const pooler = await startDroppingPooler(Number(new URL(place.standby.ownerUrl).port))
    try {
      const database = await open(ofStandby({ host: pooler.host }))
      await reason(database, 'something in front of it drops settings')
      assert.equal((await database.counts()).replica, 0)
      await database.close()
    } finally {
      await pooler.close()
    }
  })

  it('[RP5] is not used when it is a copy of the database in the same system', async () => {
    const name = new URL(place.primary.ownerUrl).pathname.slice(1)
    const beside = await place.open(
      Object.assign(new URL(place.primary.ownerUrl), { pathname: '/postgres' }).href,
      ofStandby({ pathname: '/postgres' }),
    )
    // Only a database that nobody uses can be copied.
    await eventually(() => beside.query({ text: `create database a_copy template ${name}`, values: [] }))
    await eventually(() => place.standby.query(`select from pg_database where datname = 'a_copy'`))
    const database = await open(ofStandby({ pathname: '/a_copy' }))
    await reason(database, 'it is not a replica of this database')
    assert.equal((await database.counts()).replica, 0)
  })

  it('[RP5] is not used when it has what the primary lost because its files were put back', async () => {
    const { primary, standby } = place
    const kept = `${primary.data}-kept`
    await primary.crash()
    await copy(primary.data, kept)
    await primary.start()
    standby.stream.pointAt(primary.port)
    const old = await open(standby.ownerUrl)
    await old.query(sql`create table lost as select n, repeat(md5(n::text), 30) from generate_series(1, 3000) n`)
    await eventually(async () => assert.equal((await standby.query('select from lost')).length, 3_000))
    await old.close()
    await primary.crash()
    await rm(primary.data, { recursive: true })
    await rename(kept, primary.data)
    await primary.start()
    const database = await open(standby.ownerUrl)
    await reason(database, 'it is not a replica of this database')
    assert.deepEqual(await database.reads.query(sql`select to_regclass('lost') as lost`), [{ lost: null }])
  })
})

/** Owners and modes stay, because PostgreSQL asks for them. */
async function copy(from: string, to: string): Promise<void> {
  const [code] = await once(spawn('cp', ['-a', from, to], { stdio: 'ignore' }), 'exit')
  assert.equal(code, 0)
}
