import { errorCodes, type Operation } from '../contract/index.ts'
import { backoffMs, pause } from './backoff.ts'
import { wireCall, type CallOptions, type WireCall } from './call.ts'
import { notePosition } from './position.ts'
import { randomId } from './random-id.ts'
import type { Session } from './session.ts'
import { TaskwireError, errorFrom, isTaskwireError, networkError } from './taskwire-error.ts'

export interface TransportOptions {
  /** Origin of the server; '' = where the page came from. */
  url: string
  session: Session
  fetch: typeof globalThis.fetch
  attempts: number
}

const backoff = { baseMs: 300, maxMs: 5_000 }
/** Waiting longer than this on somebody's behalf is not ours to decide. */
const longestRetryAfterMs = 10_000

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined
}

/** The repeatable: the failure says that asking again can help, or that the first one is still being worked on. */
function mayHelp(error: TaskwireError): boolean {
  if (error.code === 'network_error') return true
  return errorCodes[error.code].retry || (error.code === 'conflict' && error.retryAfterMs !== undefined)
}

export function createTransport({ url, session, fetch, attempts }: TransportOptions) {
  async function sendOnce(operation: Operation, wire: WireCall, headers: Record<string, string>, signal?: AbortSignal) {
    let response: Response
    let body: unknown
    try {
      response = await fetch(`${url}/api/v1${wire.path}`, {
        method: wire.method,
        credentials: 'same-origin',
        headers: { Accept: 'application/json', ...headers, ...session.headersFor(wire.method, operation.access) },
        ...(wire.body && { body: JSON.stringify(wire.body) }),
        ...(signal && { signal }),
      })
      body = await bodyOf(response)
    } catch (error) {
      throw signal?.aborted ? error : networkError(error)
    }
    if (!response.ok) throw errorFrom(body, response.status, retryAfterMs(response))
    const answer = operation.envelope === undefined ? body : (body as { data?: unknown } | undefined)?.data
    notePosition(answer, response.headers)
    return answer
  }

  /** As `sendOnce`, and once more when all that was wrong is the age of the token. */
  async function sendRenewing(...args: Parameters<typeof sendOnce>) {
    try {
      return await sendOnce(...args)
    } catch (error) {
      if (args[0].access === 'public' || !isTaskwireError(error)) throw error
      if (error.code === 'session_ended' || error.code === 'account_disabled') session.end(error.code)
      // A cookie that expired is no longer sent, which looks like never having signed in.
      const stale = error.code === 'token_expired' || error.code === 'unauthenticated'
      if (!stale || !session.mayRenew()) throw error
      await session.renew()
      return await sendOnce(...args)
    }
  }

  return async function send(operation: Operation, input?: object, options: CallOptions = {}): Promise<unknown> {
    const wire = wireCall(operation, input as Record<string, unknown> | undefined)
    const change = wire.method !== 'GET'
    const headers: Record<string, string> = {}
    if (wire.body) headers['Content-Type'] = 'application/json'
    if (change && operation.access !== 'public') headers['Idempotency-Key'] = options.idempotencyKey ?? randomId()
    if (options.mutationId !== undefined) headers['X-Mutation-Id'] = options.mutationId
    if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`
    const repeatable = !change || 'Idempotency-Key' in headers

    for (let attempt = 0; ; attempt += 1) {
      try {
        return await sendRenewing(operation, wire, headers, options.signal)
      } catch (error) {
        if (!repeatable || attempt + 1 >= attempts || !isTaskwireError(error) || !mayHelp(error)) throw error
        if ((error.retryAfterMs ?? 0) > longestRetryAfterMs) throw error
        await pause(Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, backoff)), options.signal)
      }
    }
  }
}
