import assert from 'node:assert/strict'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { waitingForLocks } from '../support/lock-waits.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { listen } from '../suites/sockets.ts'

describe('joins of one person beside joins of others', function () {
  this.timeout(120_000)
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  it('[TU13] limits the simultaneous queries of one person’s joins, and other people’s joins go on meanwhile (attack 63)', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const open = (client: Client, count: number) => Promise.all(Array.from({ length: count }, () => listen(client)))
    const [many, [one]] = [await open(ann, 40), await open(bob, 1)]
    const holder = await openConnection(server.databaseUrl)
    const waiting = async () => (await waitingForLocks(server)).length
    await holder.query('begin; lock table project_members in access exclusive mode')
    const join = { room: 'tasks', since: 0 }
    const answers = many.map(({ socket }) => socket.emitWithAck('join_room', join))
    await eventually(async () => assert.equal(await waiting(), 3))
    answers.push(one!.socket.emitWithAck('join_room', join))
    await eventually(async () => assert.equal(await waiting(), 4))
    await holder.end()
    for (const answer of answers) assert.equal((await answer).ok, true)
  })
})
