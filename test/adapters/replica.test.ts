import assert from 'node:assert/strict'
import sql from 'sql-template-tag'
import { withSettings } from '../../server/adapters/database-connection.ts'
import type { AppError } from '../../server/kernel/errors.ts'
import type { Connection } from '../../server/ports/database.ts'
import { eventually } from '../support/eventually.ts'
import { type Opened, startReplicated } from '../support/replicated.ts'

const path = { search_path: 'public' }

describe('a replica of PostgreSQL', function () {
  this.timeout(120_000)
  let place: Awaited<ReturnType<typeof startReplicated>>
  let database: Opened

  before(async () => {
    place = await startReplicated()
    database = await place.open(withSettings(place.primary.ownerUrl, path), place.standby.ownerUrl)
    await database.query(sql`create table numbers (n int primary key, note text not null default '')`)
    await write(0)
    await untilUsed()
  })
  afterEach(async () => {
    await place.standby.heal()
    await untilUsed()
  })
  after(() => place.remove())

  const isStandby = async (db: Connection) =>
    (await db.query<{ is: boolean }>(sql`select pg_is_in_recovery() as is`))[0]!.is
  const untilUsed = (opened = database) =>
    eventually(async () => assert.ok(await isStandby(opened.reads), 'the primary answered'))
  const write = (n: number) => database.query(sql`insert into numbers (n) values (${n})`)
  const has = async (n: number, db: Connection = database.reads) =>
    (await db.query(sql`select from numbers where n = ${n}`)).length > 0
  const state = async () => {
    const { status, reason, behind_bytes } = await database.replica!.check()
    return { status, reason, behind_bytes: behind_bytes as number }
  }

  it('[RP1] answers reads, alone and in a transaction with a time limit; everything else stays on the primary', async () => {
    assert.equal(await database.reads.readWithin(3_000, isStandby), true)
    assert.equal(await isStandby(database), false)
    assert.equal(await database.readWithin(3_000, isStandby), false)
    assert.equal(await database.transaction(async tx => ({ value: await isStandby(tx) })), false)
    assert.equal(await database.readSnapshot(isStandby), false)
    assert.deepEqual(await state(), { status: 'healthy', reason: undefined, behind_bytes: 0 })
  })

  it('[RP2] sees everything that was committed before the read began, on whichever instance', async () => {
    const other = await place.open(withSettings(place.primary.ownerUrl, path), place.standby.ownerUrl)
    await untilUsed(other)
    const counts = () => Promise.all([database.counts(), other.counts()])
    // The replica rests for a second each time it is late.
    for (let round = 0; ; round++) {
      const before = await counts()
      for (let n = 300 * round + 1; n <= 300 * (round + 1); n++) {
        await write(n)
        const found = await Promise.all([has(n), has(n, other.reads), other.reads.readWithin(3_000, tx => has(n, tx))])
        assert.deepEqual(found, [true, true, true], `after ${n} writes`)
      }
      const after = await counts()
      const read = after.reduce((sum, { replica }, nth) => sum + replica - before[nth]!.replica, 0)
      if (read > 450) break
      assert.ok(round < 4, `${read} of 900 reads were on the replica: ${JSON.stringify(after)}`)
    }
  })

  it('[RP2] asks how far it is in the transaction of the statement, so that a balancer cannot come in between', async () => {
    const [found] = await database.reads.query(sql`
      select pg_is_in_recovery() as is_standby, statement_timestamp() > transaction_timestamp() as has_begun_before`)
    assert.deepEqual(found, { is_standby: true, has_begun_before: true })
  })

  it('[RP3] rests while the primary does not say how far it is, and health says so', async () => {
    await place.primary.freeze()
    try {
      assert.deepEqual(await state(), {
        status: 'degraded',
        reason: 'the primary does not say how far it is',
        behind_bytes: undefined,
      })
    } finally {
      await place.primary.thaw()
    }
    await untilUsed()
    assert.equal((await state()).status, 'healthy')
  })

  it('[RP3] is not waited for when it stands still, and is used again when it goes on', async () => {
    await place.standby.query('select pg_wal_replay_pause()')
    await write(10_001)
    assert.ok(await has(10_001))
    const { status, reason, behind_bytes } = await state()
    assert.deepEqual([status, reason], ['degraded', 'it is behind the primary'])
    assert.ok(behind_bytes > 0)
    const { behind } = (await database.counts()).primary
    for (let nth = 0; nth < 50; nth++) assert.ok(await has(10_001))
    assert.equal((await database.counts()).primary.behind, behind! + 50)

    await place.standby.query('select pg_wal_replay_resume()')
    await untilUsed()
    assert.ok(await has(10_001))
    assert.equal((await state()).status, 'healthy')
  })

  it('[RP4] fails no read when it dies in the middle of many, and is used again when it is back', async () => {
    let going = true
    const read = async () => {
      while (going) assert.ok(await has(0))
    }
    const readers = Promise.all(Array.from({ length: 20 }, read))
    try {
      await place.standby.crash()
      await eventually(async () => assert.ok((await database.counts()).primary.away! > 100))
      assert.equal((await state()).reason, 'it does not answer')
      await place.standby.start()
      await untilUsed()
    } finally {
      going = false
      await readers
    }
  })

  it('[RP4] fails no read when it answers nothing any more', async () => {
    await place.standby.freeze()
    try {
      const found: boolean[] = []
      for (let nth = 0; nth < 20; nth++) void has(0).then(answer => found.push(answer))
      // Sooner than the statements give up by themselves, which takes 12 s.
      await eventually(() => assert.deepEqual(found, Array(20).fill(true)), { within: 9_000 })
      assert.equal((await state()).status, 'degraded')
    } finally {
      await place.standby.thaw()
    }
    await untilUsed()
  })

  it('[RP4] lets the primary answer what the replica cancels, to go on with what it receives', async () => {
    const { cancelled = 0 } = (await database.counts()).primary
    await place.standby.query(`alter system set max_standby_streaming_delay = 0`)
    await place.standby.query('select pg_reload_conf()')
    const slow = database.reads.query<{ by: string }>(sql`
      select case when pg_is_in_recovery() then pg_sleep(20)::text else 'the primary' end as by from numbers limit 1`)
    await eventually(async () => {
      const busy = await place.standby.query(`select from pg_stat_activity where query like '%pg_sleep(20)%'
        and state = 'active' and pid <> pg_backend_pid()`)
      assert.equal(busy.length, 1)
    })
    await database.query(sql`alter table numbers add column more text`)
    assert.deepEqual(await slow, [{ by: 'the primary' }])
    assert.equal((await database.counts()).primary.cancelled, cancelled + 1)
  })

  it('[RP4] loses only the read whose connection ends; others go on there', async () => {
    const slow = (name: string) => ({
      text: `select case when pg_is_in_recovery() then pg_sleep(20)::text else 'the primary' end as by
        from numbers where note <> '${name}' limit 1`,
      values: [],
    })
    const active = (name: string) =>
      place.standby.query<{ pid: number }>(`select pid from pg_stat_activity
        where state = 'active' and pid <> pg_backend_pid() and query like '%note <> ''${name}''%'`)
    const end = async (name: string) =>
      place.standby.query(`select pg_terminate_backend(${(await active(name))[0]!.pid})`)
    const [one, other] = ['one', 'other'].map(name => database.reads.query<{ by: string }>(slow(name)))
    for (const name of ['one', 'other']) await eventually(async () => assert.equal((await active(name)).length, 1))
    await end('one')
    assert.deepEqual(await one, [{ by: 'the primary' }])
    assert.ok(await isStandby(database.reads), 'it does not rest')
    assert.equal((await state()).status, 'healthy')
    assert.equal((await active('other')).length, 1)
    await end('other')
    assert.deepEqual(await other, [{ by: 'the primary' }])
  })

  it('[RP4] does not repeat on the primary what took too long', async () => {
    await untilUsed()
    const slow = database.reads.readWithin(100, tx =>
      tx.query(sql`select case when pg_is_in_recovery() then pg_sleep(20) end`),
    )
    await assert.rejects(slow, ({ code }: AppError) => code === 'unavailable')
  })

  it('[RP4] passes on what the work itself throws, and what the primary says of a wrong statement', async () => {
    await untilUsed()
    const before = await database.counts()
    const refusal = database.reads.readWithin(3_000, async tx => {
      await isStandby(tx)
      throw new TypeError('of its own')
    })
    await assert.rejects(refusal, TypeError)
    await assert.rejects(database.reads.query(sql`select no_such_column from numbers`), /no_such_column/)
    const { primary } = await database.counts()
    assert.deepEqual(primary, { ...before.primary, failed: (before.primary['failed'] ?? 0) + 1 })
    assert.ok(await isStandby(database.reads), 'it does not rest')
  })

  it('[RP10] counts each read once among the statements, also one that fails on the replica, and no question', async () => {
    const before = await database.statements()
    assert.ok(await isStandby(database.reads))
    assert.ok(await database.reads.readWithin(3_000, isStandby))
    await assert.rejects(database.reads.query(sql`select no_such_column from numbers`), /no_such_column/)
    assert.deepEqual(await database.statements(), { ok: before.ok! + 2, error: (before.error ?? 0) + 1 })
  })
})
