import type { APIError, ErrorCode, FieldErrors } from '../../contract/index.ts'

/** `network_error`: there was no answer, so it is unknown whether the call was executed. */
export type TaskwireErrorCode = ErrorCode | 'network_error'

interface Facts {
  code: TaskwireErrorCode
  message: string
  status: number
  fieldErrors?: FieldErrors
  details?: unknown
  requestId?: string
  retryAfterMs?: number
  cause?: unknown
}

/** The only error that a call of the client throws, apart from the abort reason of its signal. */
export class TaskwireError extends Error {
  readonly code: TaskwireErrorCode
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly fieldErrors: FieldErrors
  /** For a `version_conflict`: `{current}`, the present state. */
  readonly details: unknown
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(facts: Facts) {
    super(facts.message, { cause: facts.cause })
    this.name = 'TaskwireError'
    this.code = facts.code
    this.status = facts.status
    this.fieldErrors = facts.fieldErrors ?? {}
    this.details = facts.details
    this.requestId = facts.requestId
    this.retryAfterMs = facts.retryAfterMs
  }
}

export const isTaskwireError = (error: unknown, ...codes: TaskwireErrorCode[]): error is TaskwireError =>
  error instanceof TaskwireError && (codes.length === 0 || codes.includes(error.code))

/** What names a sign-in whose password was right and that needs a code too; null for every other error. */
export function secondFactorChallenge(error: unknown): string | null {
  if (!isTaskwireError(error, 'second_factor_required')) return null
  return (error.details as { challenge?: string } | undefined)?.challenge ?? null
}

export const networkError = (cause: unknown) =>
  new TaskwireError({ code: 'network_error', message: 'The server could not be reached', status: 0, cause })

const isApiError = (body: unknown): body is APIError =>
  typeof body === 'object' &&
  body !== null &&
  'error' in body &&
  typeof (body.error as { code?: unknown } | null)?.code === 'string'

/** The same error for an HTTP body and for a socket's acknowledgement. */
export function errorFrom(body: unknown, status: number, retryAfterMs?: number): TaskwireError {
  if (isApiError(body)) {
    const { code, message, details, field_errors: fieldErrors } = body.error
    return new TaskwireError({
      code,
      message,
      status,
      details,
      requestId: body.request_id,
      ...(fieldErrors && { fieldErrors }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }
  // The answer came from a proxy in between, not from Taskwire.
  const code = status === 502 || status === 503 || status === 504 ? 'unavailable' : 'internal_error'
  return new TaskwireError({ code, message: `The server answered ${status}`, status })
}
