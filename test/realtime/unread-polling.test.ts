import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { pollingSession } from '../suites/polling.ts'

/** Adds events with much text to the log, as commands of several people would: those of one person would be delayed. */
const addLargeEvents = (server: TestServer, { person }: Client, count: number) =>
  server.query(
    `insert into outbox (at, mutation_id, bulk, names, scopes, payloads, reaches)
     select now(), null, true, array_agg('task_updated'::text), array_agg('all'::text),
       array_agg(json_build_object('task_id', n, 'task', json_build_object('id', n, 'description', repeat('€', 50000)),
         'updated_by', $1::bigint, 'changed', array['status'])::text), array_agg(null::text)
     from generate_series(1, ${count}) as n`,
    [person.id],
  )

/** The server's side of the next request; its client reads nothing and cannot notice that the connection has closed. */
const nextAnswer = () =>
  new Promise<ServerResponse>(resolve => {
    const take = (message: unknown) => {
      unsubscribe('http.server.request.start', take)
      resolve((message as { response: ServerResponse }).response)
    }
    subscribe('http.server.request.start', take)
  })

describe('unread answers to polling', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  let connection: Socket | undefined

  async function start(withinMs: number) {
    server = await startServer({ tuning: { reading: { bytes: 64 * 1024, withinMs } } })
    ann = await server.user('ann')
  }
  afterEach(async () => {
    connection?.destroy()
    await server.close()
  })

  /** A session with 22 MB waiting, which asks for one part after the other until one exceeds the buffers of the kernel. */
  async function leaveUnread() {
    const session = await pollingSession(server.url, ann.token, {}, { bulk: true })
    await session.post('420["join_room",{"room":"tasks"}]')
    assert.match((await session.ask()).text, /"ok":true/)
    const { hostname, port } = new URL(server.url)
    const client = connect(Number(port), hostname).pause()
    connection = client
    client.on('error', () => {})
    await addLargeEvents(server, ann, 150)
    for (;;) {
      const answering = nextAnswer()
      client.write(`GET /socket.io/?EIO=4&transport=polling&sid=${session.sid} HTTP/1.1\r\nHost: x\r\n\r\n`)
      const answer = await answering
      await eventually(() => assert.ok(answer.writableFinished || (answer.socket?.writableLength ?? 0) > 0))
      if (!answer.writableFinished) return { ...session, answer }
    }
  }

  it('[TU5] [TU11] are given up, with their connections and their sessions', async () => {
    await start(2_000)
    const { answer, ask } = await leaveUnread()
    // Sooner than the connection times out, which is 15 s after the last answered ping.
    await eventually(() => assert.equal(answer.destroyed, true), { within: 14_000 })
    assert.equal(answer.writableFinished, false)
    // The content of the answer is lost: a session that continued would miss it.
    assert.equal((await ask()).status, 400)
  })

  it('[TU11] are given up soon after their connection has closed', async () => {
    await start(600_000)
    const { ask, answer } = await leaveUnread()
    // Closes the connection.
    const bytes = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(1) }
    assert.equal((await ask(bytes)).status, 400)
    await eventually(() => assert.equal(answer.destroyed, true), { within: 30_000 })
    assert.equal(answer.writableFinished, false)
  })
})

describe('large answers to one person’s polling sessions', function () {
  this.timeout(120_000)
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  it('[TU23] answers beyond the budget of the person with an empty packet, and the next poll with what was left', async () => {
    const ann = await server.user('ann')
    const sessions = await Promise.all(
      Array.from({ length: 24 }, () => pollingSession(server.url, ann.token, {}, { bulk: true })),
    )
    for (const { ask, post } of sessions) {
      await post('420["join_room",{"room":"tasks"}]')
      assert.match((await ask()).text, /"ok":true/)
    }
    const waiting = sessions.map(({ ask }) => ask())
    await addLargeEvents(server, ann, 6)
    const answers = await Promise.all(waiting)
    const empty = answers.filter(({ text }) => text === '6')
    assert.ok(empty.length > 0 && empty.length < answers.length, `${empty.length} of ${answers.length} were empty`)
    for (const [nth, { ask }] of sessions.entries()) {
      let { text } = answers[nth]!
      while (text === '6' || text === '2') text = (await ask()).text
      assert.match(text, /^42\["tasks_bulk_updated"/)
      assert.ok(text.length > 6 * 50_000)
    }
  })
})
