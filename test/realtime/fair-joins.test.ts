import assert from 'node:assert/strict'
import pg from 'pg'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { listen } from '../suites/sockets.ts'

describe('joins of one person beside joins of others', function () {
  this.timeout(30_000)
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  it('[TU13] limits the simultaneous queries of one person’s joins, and other people’s joins go on meanwhile (attack 63)', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const open = (client: Client, count: number) => Promise.all(Array.from({ length: count }, () => listen(client)))
    const [many, [one]] = [await open(ann, 40), await open(bob, 1)]
    const holding = new pg.Client({ connectionString: server.databaseUrl })
    await holding.connect()
    const waiting = async () => {
      const { rows } = await holding.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length
    }
    await holding.query('begin; lock table project_members in access exclusive mode')
    const join = { room: 'tasks', since: 0 }
    const answers = many.map(({ socket }) => socket.emitWithAck('join_room', join))
    await eventually(async () => assert.equal(await waiting(), 3))
    answers.push(one!.socket.emitWithAck('join_room', join))
    await eventually(async () => assert.equal(await waiting(), 4))
    await holding.query('rollback')
    await holding.end()
    for (const answer of answers) assert.equal((await answer).ok, true)
  })
})
