import { type APIError, errorCodes } from '../../contract/index.ts'
import { AppError } from './errors.ts'

/**
 * What a client sees of an error, on every door. Of one that was not meant for clients it sees only that it happened;
 * the log has the rest under the same request id.
 */
export function apiError(error: unknown, requestId: string): { status: number; retryAfter?: number; body: APIError } {
  const known = error instanceof AppError ? error : new AppError('internal_error', 'Something went wrong on our side.')
  return {
    status: errorCodes[known.code].status,
    ...((known.retryAfter ?? errorCodes[known.code].retry) && { retryAfter: known.retryAfter ?? 1 }),
    body: {
      error: {
        code: known.code,
        message: known.message,
        ...(known.details !== undefined && { details: known.details }),
        ...(known.fields && { field_errors: known.fields }),
      },
      timestamp: new Date().toISOString(),
      request_id: requestId,
    },
  }
}
