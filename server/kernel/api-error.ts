import { type APIError, errorCodes, type FieldErrors } from '../../contract/index.ts'
import { AppError } from './errors.ts'

/**
 * What a client sees of an error, on every door. Of an error that is not meant for clients it sees only that it
 * happened; the log has the details under the same request id.
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
        ...(known.fields && { field_errors: bounded(known.fields) }),
      },
      timestamp: new Date().toISOString(),
      request_id: requestId,
    },
  }
}

/** How much of a client's input may be repeated in an error; names of fields are the client's own text. */
const most = { fields: 100, name: 100, messages: 20 }

/** A body of a megabyte may have 60,000 unknown fields; the first ones are enough. */
function bounded(fields: FieldErrors): FieldErrors {
  const entries = Object.entries(fields)
  const kept = entries.slice(0, most.fields).map(([name, messages]) => [cut(name), messages.slice(0, most.messages)])
  const left = entries.length - kept.length
  return Object.fromEntries(left > 0 ? [...kept, ['…', [`and ${left} more fields`]]] : kept)
}

const cut = (name: string) => (name.length > most.name ? `${name.slice(0, most.name - 1)}…` : name)
