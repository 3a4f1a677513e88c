import assert from 'node:assert/strict'
import sql from 'sql-template-tag'
import { openDatabase, type PostgresDatabase } from '../../server/adapters/database.ts'
import type { Connection } from '../../server/ports/database.ts'
import type { AppError } from '../../server/kernel/errors.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'

describe('the database', () => {
  let place: TestDatabase
  let database: PostgresDatabase
  before(async () => {
    place = await testDatabase()
    database = openDatabase(place.url, createLogger({ level: 'silent', pretty: false }))
  })
  after(async () => {
    await database.close()
    await place.drop()
  })

  it('[EV6] ends a session also when its connection is silent', async () => {
    const line = await startFaultProxy(Number(new URL(place.url).port))
    const url = Object.assign(new URL(place.url), { hostname: '127.0.0.1', port: String(line.port) }).href
    const far = openDatabase(url, createLogger({ level: 'silent', pretty: false }))
    const session = await far.openSession({ idleTimeoutMs: 60_000 })
    let ended = false
    session.onEnd(() => (ended = true))
    line.pause()
    await session.close()
    assert.ok(ended)
    line.resume()
    await far.close()
    await line.close()
  })

  it('[EV10] refuses statements on a connection whose transaction is over', async () => {
    let kept: Connection | undefined
    await database.transaction(async tx => ({ value: (kept = tx) }))
    await assert.rejects(kept!.query(sql`select 1`), /is over/)
    await assert.rejects(
      database.transaction(async tx => {
        kept = tx
        throw new Error('given up')
      }),
      /given up/,
    )
    await assert.rejects(kept!.query(sql`select 1`), /is over/)
  })

  it('[EV10] limits the time of a reading transaction, which changes nothing and leaves nothing behind', async () => {
    const slow = database.readWithin(100, tx => tx.query(sql`select pg_sleep(5)`))
    await assert.rejects(slow, ({ code, retryAfter }: AppError) => code === 'unavailable' && retryAfter === 1)
    await assert.rejects(
      database.readWithin(100, tx => tx.query(sql`delete from tasks`)),
      ({ code }: AppError) => code === 'unavailable',
    )
    assert.deepEqual(await database.readWithin(100, tx => tx.query(sql`select 1 as one`)), [{ one: 1 }])
    const [setting] = await database.query<{ statement_timeout: string }>(sql`show statement_timeout`)
    assert.equal(setting!.statement_timeout, '10s')
  })

  it('[XP14] reads as of one moment for as long as it takes, a portion at a time, and cannot write', async () => {
    const rowsOf = (from: number) => sql`
      insert into tasks (title, position, created_by, updated_by)
      select 'row ' || n, n, 1, 1 from generate_series(${from}::int, ${from}::int + 9) as n`
    const owner = openDatabase(place.ownerUrl, createLogger({ level: 'silent', pretty: false }))
    await owner.query(sql`
      insert into users (id, email, username, name, password_hash) overriding system value
      values (1, 'a@example.com', 'ann', 'Ann', '-')`)
    await owner.query(rowsOf(1))
    const titles: string[][] = []
    await database.readSnapshot(async db => {
      for await (const rows of db.rows<{ title: string }>(
        sql`select title from tasks where position > ${0} order by position`,
        () => 4,
      )) {
        titles.push(rows.map(({ title }) => title))
        await owner.query(rowsOf(11))
        await owner.query(sql`update tasks set title = 'changed'`)
      }
      await assert.rejects(db.query(sql`delete from tasks`))
    })
    assert.deepEqual(
      titles.map(({ length }) => length),
      [4, 4, 2],
    )
    assert.deepEqual(
      titles.flat(),
      Array.from({ length: 10 }, (_, nth) => `row ${nth + 1}`),
    )
    await owner.close()
  })
})
