import { type ErrorCode, errorCodes, type FieldErrors } from '../../contract/index.ts'

interface Extras {
  fields?: FieldErrors
  details?: unknown
  /** Seconds after which asking again makes sense. */
  retryAfter?: number
  cause?: unknown
}

/** An error that a client is meant to see: its code is on the contract's closed list. All else is `internal_error`. */
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

/** One message for "there is none" and "none that you may see": they must not be told apart. */
export const notFound = () => new AppError('not_found', 'There is no such thing, or none that you may see.')

export const forbidden = (message = 'You may not do this.') => new AppError('forbidden', message)

/** @param fields the unique fields whose values are taken, if it is that kind of conflict */
export const conflict = (message: string, fields?: FieldErrors) => new AppError('conflict', message, { fields })

/** @param fields messages by field name */
export const invalid = (fields: Record<string, string>) =>
  new AppError('validation_error', 'The request is not valid.', {
    fields: Object.fromEntries(Object.entries(fields).map(([field, message]) => [field, [message]])),
  })

/** @param current the present state of what was to be changed, as its resource is presented */
export const versionConflict = (current: unknown) =>
  new AppError('version_conflict', 'It has been changed since you read it.', { details: { current } })

export const unavailable = (cause?: unknown) =>
  new AppError('unavailable', 'The service cannot answer just now; try again.', { retryAfter: 1, cause })
