import assert from 'node:assert/strict'
import fc from 'fast-check'
import { backoffMs } from '../../sdk/backoff.ts'
import { statusOf, verdictOn, type Phase } from '../../sdk/verdict.ts'

const backoff = { baseMs: 400, maxMs: 8_000 }

describe('sdk: reconnecting', () => {
  it('[SDK14] ended sessions and disabled accounts stay away, old tokens are renewed, all else tries again', () => {
    const verdicts = [
      'session_ended',
      'account_disabled',
      'token_expired',
      'unauthenticated',
      'rate_limited',
      undefined,
    ]

    assert.deepEqual(verdicts.map(verdictOn), ['end', 'end', 'renew', 'renew', 'retry', 'retry'])
  })

  it('[SDK15] only a joined socket is live, and without a network or a session one is offline', () => {
    const phases: Phase[] = [
      { at: 'live' },
      { at: 'joining' },
      { at: 'connecting' },
      { at: 'waiting', untilMs: 0 },
      { at: 'stopped' },
      { at: 'ended', code: 'session_ended' },
    ]
    const statuses = (online: boolean) => phases.map(phase => statusOf(phase, online))

    const away = ['reconnecting', 'reconnecting', 'reconnecting']
    assert.deepEqual(statuses(true), ['live', ...away, 'offline', 'offline'])
    assert.deepEqual(statuses(false), ['live', 'offline', 'offline', 'offline', 'offline', 'offline'])
  })

  it('[SDK14] waits grow, within bounds, and half of each is left to chance', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const ms = backoffMs(attempt, backoff, () => chance)
        const whole = Math.min(8_000, 400 * 2 ** Math.min(attempt, 30))
        assert.equal(ms >= Math.floor(whole / 2) && ms <= whole, true)
      }),
    )
  })
})
