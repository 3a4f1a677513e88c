import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { Server, type Socket } from 'socket.io'
import { backoffMs } from '../../sdk/client/backoff.ts'
import { createClient, type LiveStatus, type Realtime } from '../../sdk/index.ts'
import { statusOf, policyOn, type Phase } from '../../sdk/realtime/disconnect-policy.ts'
import { eventually } from '../support/eventually.ts'

const backoff = { baseMs: 400, maxMs: 8_000 }

describe('sdk: reconnecting', () => {
  it('[SDK14] stays away after an ended session or a disabled account, renews old tokens, waits when it was too busy, and otherwise tries again', () => {
    const policies = [
      'session_ended',
      'account_disabled',
      'token_expired',
      'unauthenticated',
      'rate_limited',
      undefined,
    ]

    assert.deepEqual(policies.map(policyOn), ['end', 'end', 'renew', 'renew', 'wait', 'retry'])
  })

  it('[SDK15] is live only with a joined socket, and offline without a network or a session', () => {
    const phases: Phase[] = [
      { at: 'live' },
      { at: 'joining' },
      { at: 'connecting' },
      { at: 'waiting' },
      { at: 'stopped' },
      { at: 'ended', code: 'session_ended' },
    ]
    const statuses = (online: boolean) => phases.map(phase => statusOf(phase, online))

    const away = ['reconnecting', 'reconnecting', 'reconnecting']
    assert.deepEqual(statuses(true), ['live', ...away, 'offline', 'offline'])
    assert.deepEqual(statuses(false), ['live', 'offline', 'offline', 'offline', 'offline', 'offline'])
  })

  it('[SDK14] waits longer each time, within bounds, and half of each wait is random', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const ms = backoffMs(attempt, backoff, () => chance)
        const whole = Math.min(8_000, 400 * 2 ** Math.min(attempt, 30))
        assert.equal(ms >= Math.floor(whole / 2) && ms <= whole, true)
      }),
    )
  })
})

describe('sdk: an instance that closes the connection', () => {
  const waitMs = 600
  let http: ReturnType<typeof createServer>
  let io: Server
  let live: Realtime
  let visits: { socket: Socket; atMs: number; join?: unknown }[]
  let statuses: LiveStatus[]
  let refusal: object | null

  beforeEach(async () => {
    http = createServer()
    io = new Server(http)
    visits = []
    statuses = []
    refusal = null
    io.on('connection', socket => {
      const visit: (typeof visits)[number] = { socket, atMs: performance.now() }
      visits.push(visit)
      socket.on('join_room', (input, answer) => {
        visit.join = input
        if (refusal) return answer({ ok: false, error: refusal })
        answer({ ok: true, rooms: input.rooms, epoch: 'e', offset: 5, recovered: true, missed: 0, members: {} })
      })
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    live = createClient({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, token: 'any' }).realtime()
    live.on('status', status => statuses.push(status))
    live.start(['tasks'])
    await eventually(() => assert.equal(live.status(), 'live'))
  })
  afterEach(async () => {
    live.stop()
    await io.close()
  })

  const backAgain = () => eventually(() => assert.deepEqual(statuses, ['reconnecting', 'live', 'reconnecting', 'live']))
  const awayMs = (sinceMs: number) => visits[1]!.atMs - sinceMs

  it('[SDK19] stays live until the given time when it drains, then resumes elsewhere at once', async () => {
    const startMs = performance.now()
    const gone = once(visits[0]!.socket, 'disconnect')
    visits[0]!.socket.emit('draining', { retry_in_ms: waitMs })
    visits[0]!.socket.emit('task_deleted', { offset: 6, at: '', task_id: 1, version: 2, deleted_by: 1 })
    await gone
    const stayedMs = performance.now() - startMs
    await backAgain()

    assert.equal(stayedMs >= waitMs - 5 && stayedMs < waitMs + 1_500, true, `stayed for ${stayedMs} ms`)
    assert.deepEqual(visits[1]!.join, { rooms: ['tasks'], since: 6, epoch: 'e' })
    // Waiting as after a failure is never shorter than this; a busy machine may need several tries.
    for (let away = awayMs(startMs + stayedMs), tries = 1; away >= backoff.baseMs / 2; tries++) {
      assert.ok(tries < 5, `waited for ${away} ms, as after a failure`)
      const [visit, count] = [visits.at(-1)!, visits.length]
      const left = once(visit.socket, 'disconnect')
      visit.socket.emit('draining', { retry_in_ms: waitMs })
      await left
      const leftMs = performance.now()
      await eventually(() => assert.ok(visits.length > count && live.status() === 'live'))
      away = visits.at(-1)!.atMs - leftMs
    }
  })

  it('[SDK14] is avoided for longer after too many calls than after a failure', async () => {
    const startMs = performance.now()
    visits[0]!.socket.emit('error', { error: { code: 'rate_limited' } })
    visits[0]!.socket.conn.close()
    await backAgain()

    assert.ok(awayMs(startMs) >= 1_990, `back after ${awayMs(startMs)} ms`)
  })

  it('[SDK14] is avoided after a refused join until the given time, then resumed', async function () {
    this.timeout(120_000)
    refusal = { code: 'rate_limited', message: '', details: { retry_after: 5 } }
    const startMs = performance.now()
    live.join('projects')
    await eventually(() => assert.equal(live.status(), 'reconnecting'))
    refusal = null
    await eventually(() => assert.deepEqual(statuses, ['reconnecting', 'live', 'reconnecting', 'live']), {
      within: 15_000,
    })
    assert.ok(awayMs(startMs) >= 4_990, `back after ${awayMs(startMs)} ms`)
    assert.deepEqual(visits[1]!.join, { rooms: ['tasks', 'projects'], since: 5, epoch: 'e' })
  })

  it('[SDK14] is not judged by an error about one call', async () => {
    visits[0]!.socket.emit('error', { event: 'join_room', error: { code: 'session_ended' } })
    visits[0]!.socket.conn.close()
    await backAgain()
  })

  it('[SDK8] gets a refused state again later, with its value at that time', async () => {
    const states: unknown[] = []
    visits[0]!.socket.on('presence_set', ({ state }, answer) => {
      states.push(state)
      answer(states.length === 1 ? { ok: false, error: { code: 'rate_limited', message: '' } } : { ok: true })
    })
    live.setPresence('tasks', { at: 1 })
    await eventually(() => assert.equal(states.length, 1))
    await eventually(() => assert.deepEqual(states, [{ at: 1 }, { at: 1 }]))
  })

  it('[SDK19] is avoided until the given time when it closes the connection earlier', async () => {
    const startMs = performance.now()
    visits[0]!.socket.emit('draining', { retry_in_ms: waitMs })
    visits[0]!.socket.conn.close()
    await backAgain()

    assert.equal(awayMs(startMs) >= waitMs - 5, true, `back after ${awayMs(startMs)} ms`)
  })
})
