import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { createLogger } from '../../server/kernel/logger.ts'
import { schedule } from '../../server/process/schedule.ts'

describe('a schedule', () => {
  const log = createLogger({ level: 'silent', pretty: false })
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  /** Runs what is due, and everything that follows from it. */
  const pass = async (ms: number) => {
    mock.timers.tick(ms)
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  const hourMs = 3600_000

  it('[OP17] begins soon after the start, and then repeats at its interval', async () => {
    let runs = 0
    const tidying = schedule('tidying', { everyMs: hourMs, firstMs: 5_000 }, async () => void runs++, log)
    await pass(4_999)
    assert.equal(runs, 0)
    await pass(1)
    assert.equal(runs, 1)
    await pass(hourMs - 1)
    assert.equal(runs, 1)
    await pass(1)
    assert.equal(runs, 2)
    await tidying.stop()
    await pass(2 * hourMs)
    assert.equal(runs, 2)
  })

  it('[OP17] repeats a failed run after a minute', async () => {
    let runs = 0
    const run = () => (runs++ === 0 ? Promise.reject(new Error('no database')) : Promise.resolve())
    const tidying = schedule('tidying', { everyMs: hourMs, firstMs: 5_000 }, run, log)
    await pass(5_000)
    await pass(60_000)
    assert.equal(runs, 2)
    await pass(60_000)
    assert.equal(runs, 2)
    await tidying.stop()
  })

  it('[OP17] does not keep the server from stopping when a run does not end', async () => {
    const tidying = schedule('tidying', { everyMs: hourMs, firstMs: 5_000 }, () => new Promise(() => {}), log)
    await pass(5_000)
    let stopped = false
    void tidying.stop().then(() => (stopped = true))
    await pass(1_999)
    assert.equal(stopped, false)
    await pass(1)
    assert.equal(stopped, true)
  })
})
