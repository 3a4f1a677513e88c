import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'
import type { KeyCall } from '../../features/keys/index.ts'
import type { Spending } from '../../features/limits/index.ts'
import type { CallKey, PublicScope } from '../../kernel/scope.ts'
import { createLogLimit } from '../../kernel/log-limit.ts'
import { readTraceparent } from '../../kernel/traceparent.ts'
import type { Tracing } from '../../ports/tracing.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { RequestMetrics } from './request-metrics.ts'

/** The state of a request in the middleware chain, in addition to Koa's own. */
export interface RequestState {
  requestId: string
  scope?: PublicScope
  /** What the call takes from rate limits; absent when none apply. */
  spending?: Spending
  /** The client is at none of the addresses from which administrators may administer. */
  isElsewhere?: boolean
  /** The account of the key or token that the request shows, once somebody has asked for it; null when there is none. */
  shownAccount?: { id: number | null }
  /** The API key of the caller, as soon as it is known. */
  key?: CallKey
  /** The host that the client asked for; empty when the value is not a host. */
  host: string
  /** The path below which people reach the server: `/board`, or an empty string. Addresses in answers begin with it. */
  basePath: string
  /** The route that answered, for the log: `/tasks/:id`. */
  route?: string
  /** The trace of what the request causes. */
  traceparent?: string | undefined
  /** Whether the answer contains secrets such as tokens. */
  hasSecrets?: boolean
  /** How many milliseconds the request has waited for its turn. */
  waitedMs?: number
  /** The answer is a file of the page. */
  isPage?: boolean
}

const saneId = /^[A-Za-z0-9._:-]{1,100}$/

/** The logger's limit applies per route. */
const slowLinesPerSecond = 10

/** Gives each request an id, measures it, and logs one line about it. */
export function observe(deps: {
  log: Logger
  slowRequestMs: number
  metrics: RequestMetrics
  tracing: Tracing
  noteKeyCall: (call: KeyCall) => void
}): Middleware<RequestState> {
  const { log, slowRequestMs, metrics, tracing, noteKeyCall } = deps
  const limit = createLogLimit(slowLinesPerSecond)

  return async (ctx, next) => {
    const began = performance.now()
    const given = ctx.get('X-Request-Id')
    ctx.state.requestId = saneId.test(given) ? given : randomUUID()
    ctx.set('X-Request-Id', ctx.state.requestId)
    metrics.began()
    const span = tracing.begin(ctx.method, readTraceparent(ctx.get('traceparent')), 'server')
    ctx.state.traceparent = span.traceparent
    let ms = 0
    let failed = true
    try {
      await next()
      failed = false
    } finally {
      ms = performance.now() - began
      const route = ctx.state.route ?? (ctx.state.isPage ? 'page' : undefined)
      // Koa itself answers what was thrown up to here.
      const status = failed ? 500 : ctx.status
      metrics.ended({ method: ctx.method, route, status, seconds: ms / 1000 })
      const key = ctx.state.key?.id
      if (key !== undefined) noteKeyCall({ keyId: key, method: ctx.method, path: route ?? '', status, address: ctx.ip })
      if (tracing.on) span.end(requestResult(ctx.method, route, status, ctx.state.requestId))
    }
    ctx.set('X-Process-Time', (ms / 1000).toFixed(6))
    ctx.set('Server-Timing', `queue;dur=${(ctx.state.waitedMs ?? 0).toFixed(2)}, total;dur=${ms.toFixed(2)}`)
    const line = {
      request_id: ctx.state.requestId,
      method: ctx.method,
      route: ctx.state.route ?? ctx.path.slice(0, 200),
      status: ctx.status,
      ms: Math.round(ms),
      user_id: ctx.state.scope?.person?.id,
      ...(ctx.state.key && { api_key: ctx.state.key.prefix }),
    }
    if (ms >= slowRequestMs)
      limit(ctx.state.route ?? '', leftOut =>
        log.warn({ ...line, ...(leftOut > 0 && { left_out: leftOut }) }, 'slow request'),
      )
    else log.debug(line, 'request')
  }
}

/** By the names of OpenTelemetry's conventions for HTTP. */
const requestResult = (method: string, route: string | undefined, status: number, requestId: string) => ({
  name: route === undefined ? method : `${method} ${route}`,
  attributes: {
    'http.request.method': method,
    ...(route !== undefined && { 'http.route': route }),
    'http.response.status_code': status,
    'taskwire.request_id': requestId,
  },
  failed: status >= 500,
})
