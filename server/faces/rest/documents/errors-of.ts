import { type ErrorCode, errorCodes } from '../../../../contract/index.ts'
import type { Endpoint } from './endpoints.ts'

const always: ErrorCode[] = ['validation_error', 'rate_limited', 'internal_error', 'unavailable']
const ofBodies: ErrorCode[] = ['payload_too_large', 'unsupported_media_type']
/** `forbidden` is what an API key without the permission gets. */
const ofPeople: ErrorCode[] = ['unauthenticated', 'token_expired', 'session_ended', 'account_disabled', 'forbidden']
/** Also while a call with the same Idempotency-Key is in progress. */
const ofWrites: ErrorCode[] = ['csrf_failed', 'conflict', 'idempotency_key_reused', 'insufficient_storage']

/** An operation that accepts an Idempotency-Key. */
export const isPersonalWrite = ({ operation }: Endpoint): boolean =>
  operation.access !== 'public' && operation.method !== 'get'

/** A change of an existing thing that has a version. */
export const takesIfMatch = ({ operation }: Endpoint): boolean =>
  operation.etag === true && operation.method !== 'get' && operation.status !== 201

/** The errors that an endpoint can answer with, by status. */
export function errorsOf(endpoint: Endpoint): Map<number, ErrorCode[]> {
  const { operation } = endpoint
  const { access, method, params, form, file, recent, errors = [] } = operation
  const isWrite = isPersonalWrite(endpoint)
  const codes = new Set<ErrorCode>([
    ...always,
    ...(form || file ? [] : (['not_acceptable'] as const)),
    ...(method === 'get' ? [] : ofBodies),
    ...(method === 'get' || form ? [] : (['invalid_json'] as const)),
    ...(access === 'public' ? [] : ofPeople),
    ...(isWrite ? ofWrites : []),
    ...(recent ? (['reauthentication_required'] as const) : []),
    ...(access === 'admin' ? (['address_not_allowed'] as const) : []),
    ...(params ? (['not_found'] as const) : []),
    ...(takesIfMatch(endpoint) ? (['version_conflict'] as const) : []),
    ...errors,
  ])
  // In the order of the complete list, independently of who names them.
  const ordered = (Object.keys(errorCodes) as ErrorCode[]).filter(code => codes.has(code))
  return Map.groupBy(ordered, code => errorCodes[code].status) as Map<number, ErrorCode[]>
}
