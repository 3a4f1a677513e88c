import { errorCodes, type Operation } from '../../contract/index.ts'
import { backoffMs, pause } from '../client/backoff.ts'
import { wireCall, type CallOptions, type WireCall } from './call.ts'
import { dateWithinMs, monotonicMs, type Clock } from '../client/clock.ts'
import type { Exchange, WireAnswer } from './exchange.ts'
import { notePosition } from '../realtime/position.ts'
import { randomId } from '../client/random-id.ts'
import type { Session } from '../client/session.ts'
import { TaskwireError, errorFrom, isTaskwireError, networkError } from '../client/taskwire-error.ts'

export interface TransportOptions {
  /** Where the server is; '' means the origin of the page; a path there is allowed too. */
  url: string
  session: Session
  clock: Clock
  exchange: Exchange
  attempts: number
}

const backoff = { baseMs: 300, maxMs: 5_000 }
/** The caller has to decide whether to wait longer than this. */
const longestRetryAfterMs = 10_000

function bodyOf({ text }: WireAnswer): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function retryAfterMs({ headers }: WireAnswer): number | undefined {
  const value = headers.get('Retry-After') ?? ''
  // A proxy may send a date: then the delay is the difference of its own two dates.
  const ms = /^\s*\d+\s*$/.test(value)
    ? Number(value) * 1_000
    : Date.parse(value) - Date.parse(headers.get('Date') ?? '')
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** Whether repeating the call can help: the error says so, or the first call is still in progress. */
function mayHelp(error: TaskwireError): boolean {
  if (error.code === 'network_error') return true
  return errorCodes[error.code].retry || (error.code === 'conflict' && error.retryAfterMs !== undefined)
}

export type Transport = ReturnType<typeof createTransport>

export function createTransport({ url, session, clock, exchange: byFetch, attempts }: TransportOptions) {
  async function sendOnce(
    operation: Operation,
    wire: WireCall,
    headers: Record<string, string>,
    exchange: Exchange,
    signal?: AbortSignal,
  ) {
    const askedAt = monotonicMs()
    let answered: WireAnswer
    try {
      answered = await exchange({
        url: `${url}/api/v1${wire.path}`,
        method: wire.method,
        headers: { Accept: 'application/json', ...headers, ...session.headersFor(wire.method, operation.access) },
        ...(wire.body && { body: JSON.stringify(wire.body) }),
        signal,
      })
    } catch (error) {
      throw signal?.aborted ? error : networkError(error)
    }
    clock.observe(Date.parse(answered.headers.get('Date') ?? ''), dateWithinMs, askedAt)
    const body = bodyOf(answered)
    const isGood = answered.status >= 200 && answered.status < 300
    if (!isGood) throw errorFrom(body, answered.status, retryAfterMs(answered))
    const answer = operation.envelope === undefined ? body : (body as { data?: unknown } | undefined)?.data
    notePosition(answer, answered.headers)
    return answer
  }

  /** Like `sendOnce`; when the token has expired, renews it and sends once more. */
  async function sendRenewing(...args: Parameters<typeof sendOnce>) {
    try {
      return await sendOnce(...args)
    } catch (error) {
      if (args[0].access === 'public' || !isTaskwireError(error)) throw error
      if (error.code === 'session_ended' || error.code === 'account_disabled') session.end(error.code)
      // A cookie that expired is not sent any more, which looks as if nobody had signed in.
      const stale = error.code === 'token_expired' || error.code === 'unauthenticated'
      if (!stale || !session.mayRenew()) throw error
      await session.renew()
      return await sendOnce(...args)
    }
  }

  /** @param exchange for a body that is not JSON, which it creates anew for each attempt */
  async function sendWire(operation: Operation, wire: WireCall, options: CallOptions = {}, exchange = byFetch) {
    const change = wire.method !== 'GET'
    const headers: Record<string, string> = {}
    if (wire.body) headers['Content-Type'] = 'application/json'
    if (change && operation.access !== 'public') headers['Idempotency-Key'] = options.idempotencyKey ?? randomId()
    if (options.mutationId !== undefined) headers['X-Mutation-Id'] = options.mutationId
    if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`
    const repeatable = !change || 'Idempotency-Key' in headers

    for (let attempt = 0; ; attempt += 1) {
      try {
        return await sendRenewing(operation, wire, headers, exchange, options.signal)
      } catch (error) {
        if (!repeatable || attempt + 1 >= attempts || !isTaskwireError(error) || !mayHelp(error)) throw error
        if ((error.retryAfterMs ?? 0) > longestRetryAfterMs) throw error
        await pause(Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, backoff)), options.signal)
      }
    }
  }

  return {
    send: (operation: Operation, input?: object, options?: CallOptions): Promise<unknown> =>
      sendWire(operation, wireCall(operation, input as Record<string, unknown> | undefined), options),
    sendWire,
  }
}
