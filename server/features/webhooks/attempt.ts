import { type Outbound, OutboundError, type OutboundFailure } from '../../ports/outbound.ts'
import type { Tracing } from '../../ports/tracing.ts'
import { retryAfterMs } from './retries.ts'
import { signedHeaders } from './signing.ts'

/** What is sent: a message by Standard Webhooks. */
export interface Message {
  id: string
  url: string
  secrets: readonly string[]
  body: string
  /** Whose webhook it is. Without one, as for a test, it has a connection of its own. */
  ownerId?: number
  /** The trace that it goes on. */
  traceparent?: string | undefined
}

/** What came of one attempt. */
export interface Attempted {
  delivered: boolean
  statusCode: number | null
  /** Why it failed. */
  error: string | null
  durationMs: number
  /** How long the receiver asks to be left alone. */
  pauseMs: number | null
}

export type Attempt = (message: Message, signal?: AbortSignal) => Promise<Attempted>

const reasons: Record<OutboundFailure, string> = {
  not_allowed: 'the address is not on the public internet',
  unreachable: 'no connection',
  timeout: 'no answer in time',
  unreadable: 'the answer cannot be read',
}

/**
 * Sends a message once. Only 2xx is success; redirects are not followed, and the body of the answer is not read.
 *
 * @throws the reason of the signal, and nothing else
 */
export function createAttempt(deps: { outbound: Outbound; timeoutMs: number; tracing: Tracing }): Attempt {
  const { outbound, timeoutMs, tracing } = deps

  async function send({ id, url, secrets, body, ownerId }: Message, traceparent?: string, signal?: AbortSignal) {
    const at = Date.now()
    const began = performance.now()
    const took = () => Math.round(performance.now() - began)
    const headers = {
      'content-type': 'application/json',
      ...(traceparent !== undefined && { traceparent }),
      ...signedHeaders(secrets, id, at, body),
    }
    try {
      const request = { method: 'POST' as const, url, headers, body, timeoutMs, maxBytes: 0 }
      const { status, headers: answered } = await outbound({
        ...request,
        ...(signal && { signal }),
        ...(ownerId !== undefined && { sharedBy: String(ownerId) }),
      })
      const delivered = status >= 200 && status < 300
      return {
        delivered,
        statusCode: status,
        error: delivered ? null : `the receiver answered ${status}`,
        durationMs: took(),
        pauseMs: delivered ? null : retryAfterMs(answered['retry-after'], Date.now()),
      }
    } catch (failure) {
      signal?.throwIfAborted()
      const error = reasons[failure instanceof OutboundError ? failure.reason : 'unreachable']
      return { delivered: false, statusCode: null, error, durationMs: took(), pauseMs: null }
    }
  }

  return async (message, signal) => {
    const span = tracing.begin('webhook', message.traceparent, 'client')
    let delivered = false
    try {
      const attempted = await send(message, span.traceparent, signal)
      delivered = attempted.delivered
      return attempted
    } finally {
      span.end({ attributes: { 'webhook.message_id': message.id }, failed: !delivered })
    }
  }
}
