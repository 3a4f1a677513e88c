import { randomUUID } from 'node:crypto'
import { commands } from '../../../contract/index.ts'
import type { Limits } from '../../features/limits/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import { parse } from '../../kernel/bind.ts'
import { AppError } from '../../kernel/errors.ts'
import type { KeyCall } from '../../features/keys/index.ts'
import type { CountError } from '../../kernel/error-metrics.ts'
import type { LogFailure } from '../../kernel/failure-log.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { CommandHandlers } from './command-handlers.ts'
import type { Intake } from './intake.ts'
import { isForNobody, type Member } from './member.ts'
import type { SocketMetrics } from './socket-metrics.ts'
import type { Traffic } from './traffic.ts'

type Ack = (answer: unknown) => void

/** The number of unanswered calls of one socket; a client that sends more without waiting gets an error. */
const maxPending = 100
/** The number of these calls that run at once, so that few answers exist when the client does not take them. */
const maxAtWork = 20
/** Names of calls are short. A longer name is cut, and is not repeated in full in the error. */
const longestName = 100

/** What clients send by themselves, or many times a second: it has bounds of its own. */
const free = new Set<string>(['presence_set', 'authenticate', 'leave_room'] satisfies (keyof typeof commands)[])

/** Whoever goes on with calls that a rate limit refuses is a flood like any other. */
const isBeyondLimit = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'rate_limited' && Object.hasOwn(error.details ?? {}, 'policy')

export interface DispatchDeps {
  handlers: CommandHandlers
  traffic: Traffic
  intake: Intake
  /** Closes the socket of a person who goes on sending refused calls. */
  endFlood: (member: Member) => void
  /** Shared by all sockets, so that a person with many sockets does not cause as many log lines. */
  logFailure: LogFailure
  countError: CountError
  metrics: SocketMetrics
  /** Counts a call against the limits of its person; null when there are no limits. */
  beginSpending: Limits['begin']
  /** Counts a call with an API key. */
  noteKeyCall: (call: KeyCall) => void
  /** @throws AppError while no calls are served, because the data are being replaced */
  assertOpen: () => void
}

/**
 * The only entrance for everything that a client emits. Whatever the client sends (no acknowledgement, something else
 * in its place, an unknown name, any shape), it gets an answer and the process is not affected. The answers are bounded
 * too: a client that does not take them is not read from, and a person who sends too much is refused, then
 * disconnected.
 */
export function dispatch(member: Member, deps: DispatchDeps): void {
  const { handlers, traffic, intake, endFlood, logFailure, countError, metrics, assertOpen } = deps
  const { beginSpending, noteKeyCall } = deps
  const { socket, person, address } = member
  const keyId = member.key?.id
  const note = (call: string, status: number) => {
    if (keyId !== undefined)
      noteKeyCall({ keyId, method: 'SOCKET', path: Object.hasOwn(commands, call) ? call : '', status, address })
  }
  const turns = createTurns({ running: maxAtWork, perKey: maxAtWork, waiting: maxPending, waitingPerKey: maxPending })

  socket.onAny((event: unknown, ...args: unknown[]) => {
    // The rest of a packet or of a chunk, when the socket was closed in the middle of it.
    if (member.closed) return
    const name = String(event).slice(0, longestName) // the protocol also allows numbers
    const requestId = randomUUID()
    const began = performance.now()
    const ack = typeof args.at(-1) === 'function' ? (args.pop() as Ack) : null
    const refuse = (error: unknown) => {
      const { status, body } = apiError(error, requestId)
      countError('socket', body.error.code)
      metrics.called(name, body.error.code, (performance.now() - began) / 1000)
      note(name, status)
      if (status >= 500) logFailure(name, error, { request_id: requestId, command: name })
      if (ack) ack({ ok: false, ...body })
      else socket.emit('error', { event: name, ...body })
      intake.relieve(socket.conn)
    }
    const refuseFlood = (error: AppError) => {
      refuse(error)
      if (!traffic.refusals.take(person.id)) endFlood(member)
    }
    // Before everything else, because a refusal must cost less than the refused call.
    if (!traffic.calls.take(person.id)) {
      return refuseFlood(new AppError('rate_limited', 'Too many calls in a short time.'))
    }
    if (member.pending >= maxPending)
      return refuse(new AppError('rate_limited', 'Too many calls at once; wait for their answers.'))
    member.pending++
    const answer = (content: object) => {
      ack?.({ ok: true, ...content })
      intake.relieve(socket.conn)
    }
    handle(name, args, requestId, answer)
      .then(() => {
        metrics.called(name, 'ok', (performance.now() - began) / 1000)
        note(name, 200)
      })
      .catch((error: unknown) => (isBeyondLimit(error) ? refuseFlood(error) : refuse(error)))
      .finally(() => member.pending--)
  })

  /** Calls are counted in the order in which they came, and go on in this order. */
  let counted: Promise<unknown> = Promise.resolve()
  async function spend() {
    const spending = beginSpending?.(
      member.key ? { later: true, address: member.address } : { account: member.person.id },
    )
    if (!spending) return
    spending.check()
    const judged = Promise.all([spending.judge(member), counted])
    counted = judged.catch(() => {})
    await judged
  }

  async function handle(name: string, args: unknown[], requestId: string, answer: (answer: object) => void) {
    if (!Object.hasOwn(commands, name)) {
      throw new AppError('validation_error', `There is no event "${name}".`, { fields: { event: ['is not known'] } })
    }
    if (args.length > 1) {
      throw new AppError('validation_error', 'One object is expected.', { fields: { [name]: ['takes one object'] } })
    }
    const known = name as keyof typeof commands
    await (free.has(known) ? counted : spend())
    const input = parse(commands[known].input, args[0] === undefined ? {} : args[0], 'input')
    const cameAt = performance.now()
    // One key for all of them, so that they begin in the order in which they came.
    await turns.run(member.person.id, async () => {
      for (let held = intake.released(socket.conn); held; held = intake.released(socket.conn)) await held
      if (isForNobody(member, cameAt)) return
      assertOpen()
      await handlers[known](member, input as never, answer as never, requestId)
    })
  }
}
