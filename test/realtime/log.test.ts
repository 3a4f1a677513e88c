import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { dropOldEvents } from '../../server/events/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { createReader } from '../../server/events/reader.ts'
import { eventually } from '../support/eventually.ts'
import { position } from '../suites/event-log.ts'
import { recordEvents } from '../support/recorder.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe('the event log', () => {
  let server: TestServer
  beforeEach(async () => void (server = await startServer({ tuning: { recentEvents: 0 } })))
  afterEach(() => server.close())

  const createTask = (title: string) => server.admin.rest('POST', '/tasks', { title })
  const offsets = async () =>
    (await server.query<{ offset: number }>('select "offset" from event_log order by 1')).map(row => row.offset)

  it('[EV4] has dense offsets, whatever rolls back in between', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        n % 3 === 0
          ? server.admin.rest('POST', '/tasks', { title: 'no', assignee_id: 999_999 })
          : createTask(`task ${n}`),
      ),
    )
    const dense = await eventually(async () => {
      const all = await offsets()
      assert.equal(all.length, 40)
      return all
    })
    assert.deepEqual(
      dense,
      dense.map((_, nth) => dense[0]! + nth),
    )
  })

  it('[EV9] holds concurrent changes of one task in the order of its versions', async () => {
    const { body: task } = await createTask('busy')
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => server.admin.rest('PATCH', `/tasks/${task.id}`, { title: `title ${n}` })),
    )
    const versions = await eventually(async () => {
      const rows = await server.query<{ version: number }>(
        `select (payload -> 'task' ->> 'version')::int as version from event_log order by "offset"`,
      )
      assert.equal(rows.length, 41)
      return rows.map(({ version }) => version)
    })
    assert.deepEqual(
      versions,
      Array.from({ length: 41 }, (_, nth) => nth + 1),
    )
  })

  it('[EV5] has no event for a change that was not committed, and one for each committed change', async () => {
    await server.query(`alter table outbox add constraint refused check (mutation_id is distinct from 'refused')`)
    const { status } = await server.admin.rest('POST', '/tasks', { title: 'never' }, { 'x-mutation-id': 'refused' })

    assert.equal(status, 500)
    assert.deepEqual(await server.query(`select from tasks where title = 'never'`), [])
    assert.equal((await createTask('again')).status, 201)
  })

  it('[EV6] continues when the database session that sequences is ended', async () => {
    const socket = await server.admin.socket()
    const seen = recordEvents(socket)
    await socket.emitWithAck('join_room', { room: 'tasks' })
    await server.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7201002`)

    await createTask('after the end')
    await eventually(() =>
      assert.deepEqual(
        seen.map(({ payload }) => payload.task.title),
        ['after the end'],
      ),
    )
  })

  it('[EV7] drops old events a partition at a time, and asks clients that needed them to reload', async () => {
    await createTask('old')
    await eventually(async () => assert.equal((await offsets()).length, 1))
    await server.query('update log_head set last = 1000000')
    await createTask('new')
    await eventually(async () => assert.deepEqual((await offsets()).slice(1), [1_000_001]))
    const early = await server.admin.socket()
    await eventually(async () => {
      const { offset } = await early.emitWithAck('join_room', { room: 'tasks' })
      assert.equal(offset, 1_000_001)
    })

    const database = openDatabase(
      withSettings(server.databaseUrl, { search_path: 'public' }),
      createLogger({ level: 'silent', pretty: false }),
    )
    assert.equal(await dropOldEvents(database, 0), 2)
    await database.close()

    assert.deepEqual(await offsets(), [1_000_001])
    const socket = await server.admin.socket()
    const late = await socket.emitWithAck('join_room', { room: 'tasks', since: 1 })
    assert.deepEqual([late.recovered, late.missed], [false, 0])
    const { body } = await server.admin.rest('GET', '/events?room=tasks&since=1000000')
    assert.deepEqual([body.recovered, body.results.length, body.complete], [true, 1, true])
  })

  it('[EV14] keeps payloads uncompressed, from the outbox to partitions that are made later', async () => {
    await server.query('update log_head set last = 1000000')
    await createTask('in a new partition')
    await eventually(async () => assert.deepEqual(await offsets(), [1_000_001]))
    const storage = await server.query<{ name: string; storage: string }>(`
      select attrelid::regclass::text as name, attstorage as storage from pg_attribute
      where attname in ('payload', 'payloads') and attrelid::regclass::text ~ '^(outbox|event_log.*)$'
        and exists (select from pg_class where oid = attrelid and relkind in ('r', 'p'))`)
    assert.deepEqual(
      storage.filter(one => one.storage !== 'e'),
      [],
    )
    const names = storage.map(({ name }) => name)
    for (const name of ['outbox', 'event_log', 'event_log_2']) assert.ok(names.includes(name), name)
  })

  it('[EV8] closes all sockets when it is replaced by another log, and a new join asks for a reload', async () => {
    const socket = await server.admin.socket()
    const { epoch, offset } = await socket.emitWithAck('join_room', { room: 'tasks' })
    const closed = new Promise(resolve => socket.once('disconnect', resolve))
    await server.query(`update log_head set epoch = 'another'`)

    assert.equal(await closed, 'transport close')
    const next = await server.admin.socket()
    const joined = await next.emitWithAck('join_room', { room: 'tasks', since: offset, epoch })
    assert.deepEqual([joined.recovered, joined.epoch], [false, 'another'])
  })

  it('[EV13] gets another name when the database is back at an earlier time', async () => {
    const socket = await server.admin.socket()
    await server.admin.rest('POST', '/tasks', { title: 'never was' })
    const last = await position(server)
    const { epoch } = await eventually(async () => {
      const joined = await socket.emitWithAck('join_room', { room: 'tasks' })
      assert.equal(joined.offset, last)
      return joined
    })
    const closed = new Promise(resolve => socket.once('disconnect', resolve))
    await server.query(`with gone as (delete from event_log where "offset" = $1) update log_head set last = $1 - 1`, [
      last,
    ])

    assert.equal(await closed, 'transport close')
    const next = await server.admin.socket()
    const joined = await next.emitWithAck('join_room', { room: 'tasks', since: last, epoch })
    assert.equal(joined.recovered, false)
    assert.notEqual(joined.epoch, epoch)
    await server.admin.rest('POST', '/tasks', { title: 'is' })
    assert.equal(await position(server), last)
  })

  it('[EV8] passes on nothing of the former log that was being read when the log was replaced', async () => {
    const log = createLogger({ level: 'silent', pretty: false })
    const database = await openDatabase(server.databaseUrl, log)
    const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const query = (async (statement: Parameters<typeof database.query>[0]) => {
      const rows = await database.query(statement)
      if (/from event_log/.test(String('sql' in statement ? statement.sql : statement.text))) {
        held.resolve()
        await release.promise
      }
      return rows
    }) as typeof database.query
    const slow = { ...database, query, reads: { ...database.reads, query } }
    const reader = createReader({ database: slow, log, recentEvents: 0, pollMs: 5 })
    try {
      await reader.start()
      const before = reader.offset
      const passedOn: number[] = []
      reader.onBatch(events => void passedOn.push(...events.map(({ offset }) => offset)))
      for (const title of ['one', 'two', 'three']) await createTask(title)
      await held.promise
      // As after a return to an older state of the whole database.
      await server.query(`delete from event_log where "offset" > ${before}`)
      await server.query(`update log_head set epoch = 'another', last = ${before}`)
      await eventually(async () => assert.equal(reader.epoch, 'another'))
      release.resolve()
      await reader.stop()
      assert.deepEqual([passedOn, reader.offset], [[], before])
    } finally {
      release.resolve()
      await reader.stop()
      await database.close()
    }
  })
})
