// A file whose tests fail while they hold a lock. test/boot/suite-worker.test.ts runs it.
import assert from 'node:assert/strict'
import { type Connection, openConnection, withConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { untilWaitingForLocks } from '../support/lock-waits.ts'

const url = process.env.TEST_DATABASE_URL!
const named = { connectionString: url, application_name: 'held' }

describe('a file with held locks', () => {
  let lasting: Connection
  let around: Connection
  const rejections: unknown[] = []
  const noteRejection = (reason: unknown) => void rejections.push(reason)
  before(async () => {
    lasting = await openConnection(url)
    process.on('unhandledRejection', noteRejection)
  })
  beforeEach(async () => {
    around = await openConnection(named)
  })
  afterEach(async () => {
    await around.query(`set lock_timeout = '3s'; select from users`)
  })
  after(async () => {
    await withConnection(url, async other => {
      const { rows } = await lasting.query<{ pid: number }>('select pg_backend_pid() as pid')
      const ended = new Promise(resolve => lasting.once('end', resolve))
      await other.query('select pg_terminate_backend($1)', [rows[0]!.pid])
      await ended
      // Of the connections of the tests none is left, nor that of the hook before each test.
      await eventually(async () => {
        const there = await other.query(`
          select from pg_stat_activity where datname = current_database() and application_name = 'held'`)
        assert.equal(there.rowCount, 0)
      })
    })
    process.off('unhandledRejection', noteRejection)
    assert.deepEqual(rejections, [])
  })

  /** A lock that a statement waits for, whose result nobody asks for. */
  async function holdAndWait() {
    const [holder, waiting] = [await openConnection(named), await openConnection(named)]
    await holder.query('begin; lock table users in access exclusive mode')
    void waiting.query('select from users')
    await untilWaitingForLocks(holder)
    return waiting
  }

  it('fails', async () => {
    await holdAndWait()
    await eventually(() => assert.equal(1, 2), { within: 0 })
  })

  it('runs out of time', async function () {
    this.timeout(1_000)
    const waiting = await holdAndWait()
    await waiting.query('select from users')
  })

  it('passes', () => around.query('select from users'))
})
