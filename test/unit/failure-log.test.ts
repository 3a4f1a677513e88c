import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createIntake } from '../../server/faces/socket/intake.ts'
import { dispatch } from '../../server/faces/socket/dispatch.ts'
import type { Member } from '../../server/faces/socket/member.ts'
import { createTraffic } from '../../server/faces/socket/traffic.ts'
import { AppError } from '../../server/kernel/errors.ts'
import { noMetrics } from '../../server/ports/metrics.ts'
import { measureSockets } from '../../server/faces/socket/socket-metrics.ts'
import { createFailureLog } from '../../server/kernel/failure-log.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'

const unmeasured = { countError: () => {}, metrics: measureSockets(noMetrics) }

describe('the log of failures', () => {
  const { now } = performance
  let lines: Record<string, any>[]
  const logOf = (what: string) => {
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
    return createFailureLog(createLogger({ level: 'info', pretty: false, destination }), what)
  }
  beforeEach(() => {
    lines = []
    performance.now = () => 1_000
  })
  afterEach(() => void (performance.now = now))

  it('[TU7] has no stack for a refusal by a bound, and one for a failure', () => {
    const logFailure = logOf('request')
    logFailure('a', new AppError('unavailable', 'Too much waits.'), { route: 'a' })
    logFailure('b', new Error('broken'), { route: 'b' })
    logFailure('c', new AppError('unavailable', 'Gone.', { cause: new Error('no route') }), { route: 'c' })
    const [refused, failed, because] = lines
    assert.deepEqual([refused!.msg, refused!.code, refused!.err], ['request refused', 'unavailable', undefined])
    assert.deepEqual([failed!.msg, failed!.route], ['request failed', 'b'])
    assert.match(failed!.err.stack, /broken/)
    assert.deepEqual([because!.msg, /no route/.test(because!.err.stack)], ['request failed', true])
  })

  it('[TU7] has ten lines a second for a failing call, however many sockets make it', async () => {
    const logFailure = logOf('socket command')
    const traffic = createTraffic({ maxSocketsPerUser: 50 })
    const fail = () => Promise.reject(new Error('the database is gone'))
    const handlers = { leave_room: fail } as never
    let answered = 0
    for (let nth = 0; nth < 10; nth++) {
      let call: ((...args: unknown[]) => void) | undefined
      const socket = Object.assign(new EventEmitter(), {
        conn: { readyState: 'open', writeBuffer: [], transport: {} },
        onAny: (listener: typeof call) => (call = listener),
      })
      const member = { socket, person: { id: 1 }, pending: 0, closed: false } as unknown as Member
      dispatch(member, {
        handlers,
        traffic,
        intake: createIntake(),
        endFlood: () => {},
        logFailure,
        ...unmeasured,
        beginSpending: null,
        noteKeyCall: () => {},
        assertOpen: () => {},
      })
      for (let sent = 0; sent < 5; sent++) call!('leave_room', { room: 'tasks' }, () => answered++)
    }
    await eventually(() => assert.equal(answered, 50))
    assert.equal(lines.length, 10)
  })
})
