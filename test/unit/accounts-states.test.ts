import assert from 'node:assert/strict'
import { createNoteActivity, noteEveryMs } from '../../server/features/accounts/activity.ts'
import { deviceOf } from '../../server/features/accounts/device.ts'
import { type Access, createSessionStates } from '../../server/features/accounts/session-states.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Database } from '../../server/ports/database.ts'

/** Counts the queries and lets the test answer them. */
function createSlowDatabase() {
  const questions: { answer(rows: object[]): void; fail(error: Error): void }[] = []
  const query = () => new Promise<object[]>((resolve, reject) => questions.push({ answer: resolve, fail: reject }))
  return { questions, database: { query } as unknown as Database }
}

const row = { id: 7, role: 'user', is_active: true, ended_at: null, expires_at: 'later', last_active_at: 'now' }

describe('the cache of session states', () => {
  it('[AC10] shares one query between simultaneous calls, and with calls soon after', async () => {
    const { questions, database } = createSlowDatabase()
    const states = createSessionStates(database)
    const asked = [states.find('s', 7), states.find('s', 7)]
    questions[0]!.answer([row])
    const [first, second] = await Promise.all(asked)
    assert.equal(first, second)
    assert.equal(await states.find('s', 7), first)
    assert.equal(questions.length, 1)
  })

  for (const event of [{ session_id: 's' }, { user_id: 7 }, { session_id: 'other', user_id: 7 }]) {
    it(`[AC10] queries the database again after ${JSON.stringify(event)}`, async () => {
      const { questions, database } = createSlowDatabase()
      const states = createSessionStates(database)
      const before = states.find('s', 7)
      questions[0]!.answer([row])
      await before
      states.forget(event)
      void states.find('s', 7)
      assert.equal(questions.length, 2)
    })
  }

  it('[AC10] does not keep an answer that was under way when the session ended', async () => {
    const { questions, database } = createSlowDatabase()
    const states = createSessionStates(database)
    const stale = states.find('s', 7)
    states.forget({ session_id: 's' })
    const fresh = states.find('s', 7)
    questions[1]!.answer([{ ...row, ended_at: 'now' }])
    questions[0]!.answer([row])
    assert.equal((await stale)?.session?.ended_at, null)
    assert.equal((await fresh)?.session?.ended_at, 'now')
    assert.equal(await states.find('s', 7), await fresh)
  })

  it('[AC10] does not keep a failed query', async () => {
    const { questions, database } = createSlowDatabase()
    const states = createSessionStates(database)
    const failed = states.find('s', 7)
    questions[0]!.fail(new Error('gone'))
    await assert.rejects(failed, /gone/)
    const again = states.find('s', 7)
    questions[1]!.answer([row])
    assert.equal((await again)?.person.id, 7)
  })

  it('[AC10] does not find a session under another account', async () => {
    const { questions, database } = createSlowDatabase()
    const states = createSessionStates(database)
    const own = states.find('s', 7)
    questions[0]!.answer([row])
    await own
    void states.find('s', 8)
    assert.equal(questions.length, 2)
  })
})

describe('the use of a session', () => {
  for (const [seconds, statements] of [
    [50, 0],
    [61, 2],
  ] as const) {
    it(`[AC11] takes ${statements} statements when it was noted ${seconds} s ago, however often the session is used`, () => {
      const { questions, database } = createSlowDatabase()
      const log = createLogger({ level: 'silent', pretty: false })
      const note = createNoteActivity({ database, sessionIdleTimeout: 604_800, log })
      const last_active_at = new Date(Date.now() - seconds * 1_000).toISOString()
      const access = {
        person: row,
        session: { ended_at: null, expires_at: 'later', last_active_at },
      } as unknown as Access
      note('s', access)
      note('s', access)
      assert.equal(questions.length, statements)
    })
  }

  it('[AC11] is noted once a minute, or more often where sessions time out sooner', () => {
    assert.equal(noteEveryMs(604_800), 60_000)
    assert.equal(noteEveryMs(120), 60_000)
    assert.equal(noteEveryMs(10), 5_000)
  })
})

describe('the name of a device', () => {
  const linux = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'
  const cases: Record<string, string> = {
    [`${linux} Chrome/131.0.0.0 Safari/537.36`]: 'Chrome on Linux',
    [`${linux} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`]: 'Edge on Linux',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15':
      'Safari on macOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile Safari/604.1':
      'Safari on iOS',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0': 'Firefox on Windows',
    'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36': 'Chrome on Android',
    'curl/8.5.0': 'curl',
    node: 'node',
    '': 'Unknown device',
    '<script>alert(1)</script>': 'Unknown device',
  }
  for (const [userAgent, device] of Object.entries(cases)) {
    it(`[AC12] is ${device} for ${userAgent || '(empty)'}`, () => {
      assert.equal(deviceOf(userAgent), device)
    })
  }
})
