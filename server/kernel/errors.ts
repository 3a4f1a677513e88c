import { type ErrorCode, errorCodes, type FieldErrors } from '../../contract/index.ts'

interface Extras {
  fields?: FieldErrors
  details?: unknown
  /** Seconds after which repeating the call makes sense. */
  retryAfter?: number
  cause?: unknown
}

/**
 * An error that is meant for clients; its code is on the contract's closed list. All other errors are `internal_error`.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldErrors | undefined
  readonly details: unknown
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, message: string, extras: Extras = {}) {
    super(message, { cause: extras.cause })
    this.code = code
    this.fields = extras.fields
    this.details = extras.details
    this.retryAfter = extras.retryAfter
  }

  get status(): number {
    return errorCodes[this.code].status
  }
}

/** One message for "does not exist" and "exists, and you may not see it", which must be indistinguishable. */
export const notFound = () => new AppError('not_found', 'There is no such thing, or none that you may see.')

export const forbidden = (message = 'You may not do this.') => new AppError('forbidden', message)

/** @param fields the unique fields whose values are taken, for a conflict of that kind */
export const conflict = (message: string, fields?: FieldErrors) => new AppError('conflict', message, { fields })

/** @param fields messages by field name */
export const invalid = (fields: Record<string, string>) =>
  new AppError('validation_error', 'The request is not valid.', {
    fields: Object.fromEntries(Object.entries(fields).map(([field, message]) => [field, [message]])),
  })

/** @param current the present state of the changed resource, in the form that clients see */
export const versionConflict = (current: unknown) =>
  new AppError('version_conflict', 'It has been changed since you read it.', { details: { current } })

export const unavailable = (cause?: unknown) =>
  new AppError('unavailable', 'The service cannot answer just now; try again.', { retryAfter: 1, cause })
