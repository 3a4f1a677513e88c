import type { Middleware } from 'koa'
import { apiError } from '../../kernel/api-error.ts'
import { AppError } from '../../kernel/errors.ts'
import { createLogLimit } from '../../kernel/log-limit.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { RequestState } from './request.ts'

/** Of each route: an outage fails every request, and everybody can cause refusals. */
const linesPerSecond = 10

/** The one exit for errors. Whatever is thrown below becomes the contract's error; nothing ends the process. */
export function answerErrors({ log }: { log: Logger }): Middleware<RequestState> {
  const limit = createLogLimit(linesPerSecond)

  function logFailure(error: unknown, { requestId, route }: RequestState, leftOut: number) {
    const line = { request_id: requestId, route, ...(leftOut > 0 && { left_out: leftOut }) }
    // A refusal because of a bound is no defect, and its stack says nothing.
    if (error instanceof AppError && error.cause === undefined)
      log.warn({ ...line, code: error.code }, 'request refused')
    else log.error({ ...line, err: error }, 'request failed')
  }

  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { status, retryAfter, body } = apiError(error, ctx.state.requestId)
      if (status >= 500) limit(ctx.state.route ?? '', leftOut => logFailure(error, ctx.state, leftOut))
      if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
      // A refused precondition tells the present state's tag, so that the next attempt can be made at once.
      const current =
        error instanceof AppError && error.code === 'version_conflict' ? versionOf(body.error.details) : undefined
      if (current !== undefined) ctx.set('ETag', `"${current}"`)
      ctx.status = status
      ctx.body = body
    }
  }
}

const versionOf = (details: unknown) => (details as { current?: { version?: number } } | undefined)?.current?.version
