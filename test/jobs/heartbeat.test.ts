import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createHeartbeat } from '../../server/adapters/jobs-heartbeat.ts'
import type { Database, Session } from '../../server/ports/database.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'

interface Opened {
  asked: string[]
  isClosed: boolean
  end: () => void
}

describe('the heartbeat of a worker', () => {
  /** A database whose sessions open when `opening` resolves, and answer with `answer`. */
  function start(opening: Promise<void>, answer: (nth: number, text: string) => Promise<object[]>) {
    const opened: Opened[] = []
    const database = {
      query: async () => [],
      async openSession() {
        await opening
        const one: Opened = { asked: [], isClosed: false, end: () => {} }
        const nth = opened.push(one)
        return {
          query: ({ text }) => {
            one.asked.push(text)
            return answer(nth, text)
          },
          onEnd: fn => void (one.end = fn),
          close: async () => void (one.isClosed = true),
        } as Session
      },
    } as unknown as Database
    return {
      opened,
      heartbeat: createHeartbeat({
        database,
        log: createLogger({ level: 'silent', pretty: false }),
        isWorkedOn: () => false,
      }),
    }
  }
  const beats = async (count: number) => {
    for (let nth = 0; nth < count; nth++) {
      mock.timers.tick(2_000)
      await turn()
    }
  }

  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
  afterEach(() => mock.timers.reset())

  it('[JB19] does not pile up beats while its session opens or does not answer', async () => {
    const opening = Promise.withResolvers<void>()
    const never = new Promise<object[]>(() => {})
    const { opened, heartbeat } = start(opening.promise, async (_, text) => (text === 'select 1' ? never : []))
    const held = heartbeat.hold('one')
    await beats(5)
    opening.resolve()
    await held
    await beats(5)
    assert.deepEqual(
      opened.map(({ asked }) => asked.filter(text => text === 'select 1').length),
      [1],
    )
    await heartbeat.release()
  })

  it('[JB19] closes a session that could not hold its name, and ignores the end of that session', async () => {
    const { opened, heartbeat } = start(Promise.resolve(), async nth => {
      if (nth === 1) throw new Error('locked')
      return []
    })
    const held = heartbeat.hold('one')
    await eventually(() => assert.equal(opened[0]?.isClosed, true))
    await beats(1)
    await held
    opened[0]!.end()
    await beats(2)
    assert.deepEqual(
      opened.map(({ isClosed }) => isClosed),
      [true, false],
    )
    opened[1]!.end()
    await beats(1)
    assert.equal(opened.length, 3)
    await heartbeat.release()
    assert.equal(opened[2]!.isClosed, true)
  })
})
