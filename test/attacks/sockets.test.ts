import assert from 'node:assert/strict'
import { io } from 'socket.io-client'
import type { APIError } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { addTask, isAPIError, refuses, refusesAck } from '../suites/answers.ts'
import { fingerprint, growLog, position } from '../suites/event-log.ts'
import { engine, pollingSession } from '../suites/polling.ts'
import { rawSocket } from '../suites/raw-socket.ts'
import { join, listen } from '../suites/sockets.ts'

describe('sockets of an attacker', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ env: { TRUST_PROXY: '1', MAX_SOCKETS_PER_IP: '3' } })
    ann = await server.user('ann')
  })
  after(() => server.close())

  /** Another socket, which still gets every event when the work is done. */
  async function nobodyElseNotices(work: () => Promise<void>, client = ann) {
    const { socket, of } = await listen(client)
    await join(socket, ['tasks'])
    await work()
    const { id } = await addTask(ann)
    await eventually(() => assert.ok(of('task_created').some(({ task }) => task.id === id)))
    socket.disconnect()
  }

  it('[BI13] [TU16] closes only the polling session that sends a message of more than a mebibyte (attack 53)', () =>
    nobodyElseNotices(async () => {
      const { ask, post } = await pollingSession(server.url, ann.token)
      const answer = await post(`42["join_room",{"room":"${'x'.repeat(1024 * 1024)}"}]`)
      assert.deepEqual([answer.status, codeOf(answer.text)], [413, 'payload_too_large'])
      await eventually(async () => assert.equal((await ask()).status, 400))
    }))

  it('[TU8] refuses what is nested beyond 32 levels before it is parsed, which would fail (attack 54)', async () => {
    const before = await fingerprint(server)
    const brackets = `${'['.repeat(3_000)}${']'.repeat(3_000)}`
    const sent = (deep: string) => `{"deep":${deep},"title":NaN}`
    refuses(await ann.rest('POST', '/tasks', sent('[]')), 'invalid_json')
    refuses(await ann.rest('POST', '/tasks', sent(brackets)), 'validation_error', ['deep'])
    const socket = await rawSocket(server.url, ann.token)
    refusesAck(await socket.call(`["task_update",${sent(brackets)}]`), 'validation_error', ['deep'])
    socket.send(`42["task_update",${sent('[]')}]`)
    await eventually(() => assert.ok(socket.isClosed()))
    assert.equal(await fingerprint(server), before)
  })

  const attachments: [what: string, send: (socket: Awaited<ReturnType<typeof rawSocket>>) => void][] = [
    ['more than a thousand', socket => socket.send('451000-["join_room",{"_placeholder":true,"num":0}]')],
    ['one, which never comes', socket => socket.send('451-["join_room",{"_placeholder":true,"num":0}]')],
    [
      'two, which are too large together',
      socket => {
        socket.send('452-["join_room",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        for (let nth = 0; nth < 2; nth++) socket.send(Buffer.alloc(70_000))
      },
    ],
    ['none, and sends many', socket => Array.from({ length: 1_000 }, () => socket.send(Buffer.alloc(0)))],
  ]
  for (const [what, send] of attachments)
    it(`[TU12] [BI12] closes only the socket that announces ${what} (attack 55)`, () =>
      nobodyElseNotices(async () => {
        const socket = await rawSocket(server.url, ann.token)
        send(socket)
        await eventually(() => assert.ok(socket.isClosed()))
        assert.deepEqual(
          socket.got.filter(text => text.startsWith('43')),
          [],
        )
      }))

  it('[TU12] closes a connection without a CONNECT by both transports (attack 58)', () =>
    nobodyElseNotices(async () => {
      const { sid } = JSON.parse((await engine(server.url)).text.slice(1)) as { sid: string }
      const socket = await rawSocket(server.url)
      assert.equal((await engine(server.url, { method: 'POST', query: { sid }, body: '3' })).status, 200)
      await eventually(() => assert.ok(socket.isClosed()))
      // Not only with the next ping, which comes after 10 s and waits for 5 s.
      await eventually(
        async () => {
          const { status, text } = await engine(server.url, { method: 'POST', query: { sid }, body: '3' })
          assert.deepEqual([status, codeOf(text)], [400, 'validation_error'])
        },
        { within: 5_000 },
      )
    }))

  it('[HS4] limits the sockets of an address, whoever opens them; other addresses have a limit of their own (attack 60)', async () => {
    const people = [ann, await server.user('bob'), await server.user('carl'), await server.user('dora')]
    const open = (client: Client, address: string) => {
      const extraHeaders = { 'x-forwarded-for': address }
      const auth = { token: client.token }
      const socket = io(server.url, {
        auth,
        extraHeaders,
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      })
      const opened = new Promise<string>(resolve => {
        socket.once('connect', () => resolve('ok'))
        socket.once('connect_error', (error: Error & { data?: APIError }) =>
          resolve(error.data ? isAPIError(error.data).error.code : 'none'),
        )
      })
      return { socket, opened }
    }
    const held = people.slice(0, 3).map(one => open(one, '203.0.113.7'))
    for (const { opened } of held) assert.equal(await opened, 'ok')
    const other = open(people[3]!, '203.0.113.8')
    assert.equal(await other.opened, 'ok')
    assert.equal(await open(people[3]!, '203.0.113.7').opened, 'rate_limited')
    held[0]!.socket.disconnect()
    await eventually(async () => {
      const again = open(people[3]!, '203.0.113.7')
      held.push(again)
      assert.equal(await again.opened, 'ok')
    })
    for (const { socket } of [...held, other]) socket.disconnect()
  })

  it('[TU13] answers joins of a person who was replayed too much with the seconds to wait, and others’ at once (attack 63)', async () => {
    const [eve, bob] = [await server.user('eve'), await server.user('bob')]
    const example = await addTask(ann)
    await position(server)
    const since = await growLog(server, ann, { example, events: 1_000, bytes: 10 })
    const all = `["join_room",{"room":"tasks","since":${since}}]`
    const sockets = await Promise.all(Array.from({ length: 46 }, () => rawSocket(server.url, eve.token)))
    const { socket } = await listen(bob)
    const replays = await Promise.all(sockets.slice(1).map(one => one.call(all)))
    const refused = refusesAck(await sockets[0]!.call(all), 'rate_limited')
    assert.ok((refused.details as { retry_after: number }).retry_after > 5)
    assert.deepEqual([...new Set(replays.map(({ missed }) => missed))], [1_000])
    assert.equal((await join(socket, ['tasks'], { since })).missed, 1_000)
    for (const one of sockets) one.close()
  })

  const codeOf = (text: string) => isAPIError(JSON.parse(text)).error.code
})
