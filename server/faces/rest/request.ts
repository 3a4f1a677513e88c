import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'
import type { PublicScope } from '../../kernel/scope.ts'
import { createLogLimit } from '../../kernel/log-limit.ts'
import type { Logger } from '../../kernel/logger.ts'

/** The state of a request in the middleware chain, in addition to Koa's own. */
export interface RequestState {
  requestId: string
  scope?: PublicScope
  /** The host that the client asked for; empty when the value is not a host. */
  host: string
  /** The path below which people reach the server: `/board`, or an empty string. Addresses in answers begin with it. */
  basePath: string
  /** The route that answered, for the log: `/tasks/:id`. */
  route?: string
  /** Whether the answer contains secrets such as tokens. */
  hasSecrets?: boolean
}

const saneId = /^[A-Za-z0-9._:-]{1,100}$/

/** The logger's limit applies per route. */
const slowLinesPerSecond = 10

/** Gives each request an id, measures it, and logs one line about it. */
export function observe({ log, slowRequestMs }: { log: Logger; slowRequestMs: number }): Middleware<RequestState> {
  const limit = createLogLimit(slowLinesPerSecond)

  return async (ctx, next) => {
    const began = performance.now()
    const given = ctx.get('X-Request-Id')
    ctx.state.requestId = saneId.test(given) ? given : randomUUID()
    ctx.set('X-Request-Id', ctx.state.requestId)
    await next()
    const ms = performance.now() - began
    ctx.set('X-Process-Time', (ms / 1000).toFixed(6))
    const line = {
      request_id: ctx.state.requestId,
      method: ctx.method,
      route: ctx.state.route ?? ctx.path.slice(0, 200),
      status: ctx.status,
      ms: Math.round(ms),
      user_id: ctx.state.scope?.person?.id,
    }
    if (ms >= slowRequestMs)
      limit(ctx.state.route ?? '', leftOut =>
        log.warn({ ...line, ...(leftOut > 0 && { left_out: leftOut }) }, 'slow request'),
      )
    else log.debug(line, 'request')
  }
}
