import type { Middleware } from 'koa'
import { apiError } from '../../kernel/api-error.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CountError } from '../../kernel/error-metrics.ts'
import { createFailureLog } from '../../kernel/failure-log.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { NoteRefusal } from '../../kernel/refusal.ts'
import type { RequestState } from './request.ts'
import { answerScimError, isOfScim } from './scim.ts'

/**
 * The one place where errors become answers. Whatever is thrown becomes an error of the contract; nothing ends the
 * process.
 */
export function answerErrors(deps: {
  log: Logger
  countError: CountError
  noteRefusal: NoteRefusal
}): Middleware<RequestState> {
  const { log, countError, noteRefusal } = deps
  const logFailure = createFailureLog(log, 'request')

  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { requestId, route, scope } = ctx.state
      const { status, retryAfter, body } = apiError(error, requestId)
      countError('rest', body.error.code)
      if (status >= 500) logFailure(route ?? '', error, { request_id: requestId, route })
      if (scope) noteRefusal(scope, { method: ctx.method, path: route ?? '' }, error)
      if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
      // A refused precondition returns the present ETag, so that the client can retry at once.
      const current =
        error instanceof AppError && error.code === 'version_conflict' ? versionOf(body.error.details) : undefined
      if (current !== undefined) ctx.set('ETag', `"${current}"`)
      ctx.status = status
      if (isOfScim(ctx.path)) answerScimError(ctx, error, body)
      else ctx.body = body
    }
  }
}

const versionOf = (details: unknown) => (details as { current?: { version?: number } } | undefined)?.current?.version
