import { z } from 'zod'

/**
 * Every error that a client can get, the same on each door, with its HTTP status and whether repeating the call can
 * help.
 */
export const errorCodes = {
  validation_error: { status: 400, retry: false },
  invalid_json: { status: 400, retry: false },
  unauthenticated: { status: 401, retry: false },
  invalid_credentials: { status: 401, retry: false },
  token_expired: { status: 401, retry: false },
  session_ended: { status: 401, retry: false },
  second_factor_required: { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  csrf_failed: { status: 403, retry: false },
  account_disabled: { status: 403, retry: false },
  reauthentication_required: { status: 403, retry: false },
  address_not_allowed: { status: 403, retry: false },
  not_found: { status: 404, retry: false },
  method_not_allowed: { status: 405, retry: false },
  not_acceptable: { status: 406, retry: false },
  conflict: { status: 409, retry: false },
  version_conflict: { status: 412, retry: false },
  payload_too_large: { status: 413, retry: false },
  unsupported_media_type: { status: 415, retry: false },
  idempotency_key_reused: { status: 422, retry: false },
  rate_limited: { status: 429, retry: true },
  internal_error: { status: 500, retry: false },
  unavailable: { status: 503, retry: true },
  insufficient_storage: { status: 507, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>

export type ErrorCode = keyof typeof errorCodes

export type FieldErrors = Record<string, string[]>

export const APIError = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      details: z.unknown().optional(),
      field_errors: z.record(z.string(), z.array(z.string())).optional(),
    }),
    timestamp: z.string(),
    request_id: z.string(),
  })
  .meta({ id: 'APIError' })
export type APIError = z.output<typeof APIError>
