import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { createSequencer } from '../../server/events/sequencer.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Database, Session, Statement } from '../../server/ports/database.ts'

describe('the sequencer', () => {
  /** Leads on a database whose outbox has these numbers of events, one batch after the other. */
  async function lead(batches: number[], whileAsked = (_wake: () => void) => {}) {
    let asked = 0
    const answer = ({ name, text }: Statement): object[] => {
      if (name !== 'sequence') return [{ won: true, epoch: 'a log', last: 0, first: 0 }]
      assert.match(text, /delete from outbox/)
      const count = batches[asked++]
      if (asked === 1) whileAsked(sequencer.wake)
      return count === undefined ? [] : [{ epoch: 'a log', last: 1, count, offset: null }]
    }
    const session = { query: async (statement: Statement) => answer(statement), onEnd: () => {}, close: async () => {} }
    const { setTimeout } = globalThis
    globalThis.setTimeout = (() => 0) as never
    const sequencer = createSequencer({
      database: { openSession: async () => session as unknown as Session } as Partial<Database> as Database,
      log: createLogger({ level: 'silent', pretty: false }),
      deliver: () => {},
    })
    sequencer.start()
    return {
      wake: sequencer.wake,
      /** How often it has asked, once it waits. */
      async asked() {
        for (let nth = 0; nth < 20; nth++) await turn()
        return asked
      },
      async stop() {
        globalThis.setTimeout = setTimeout
        await sequencer.stop()
      },
    }
  }

  for (const [what, batches, expected, whileAsked] of [
    ['after a batch that has left nothing behind waits until something is committed', [3], 1],
    ['goes on at once after a batch that may have left something behind', [250, 3], 2],
    ['goes on at once when something was committed meanwhile', [3], 2, (wake: () => void) => wake()],
  ] as const) {
    it(`[EV17] ${what}`, async () => {
      const { asked, wake, stop } = await lead([...batches], whileAsked)
      try {
        assert.equal(await asked(), expected)
        wake()
        assert.equal(await asked(), expected + 1)
      } finally {
        await stop()
      }
    })
  }
})
