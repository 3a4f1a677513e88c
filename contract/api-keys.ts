import { z } from 'zod'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { Permission } from './permissions.ts'
import {
  anyOf,
  filledText,
  id,
  idInUrl,
  instant,
  instantIn,
  listOf,
  numberInUrl,
  paging,
  text,
  version,
} from './primitives.ts'

/** What a program of somebody calls with. */
export const ApiKey = z
  .object({
    id,
    user_id: id.describe('The owner, whose present rights the key never exceeds'),
    name: z.string(),
    prefix: z.string().describe('The public beginning of the key, by which people recognise it'),
    permissions: z.array(z.string()),
    rate_limit: z.int().nullable().describe('Calls a minute; null for the limit of the owner'),
    expires_at: instant.nullable(),
    last_used_at: instant.nullable().describe('Some seconds late'),
    created_at: instant,
    revoked_at: instant.nullable(),
    previous_key_until: instant.nullable().describe('Until when the key from before the last rotation works too'),
    version,
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.output<typeof ApiKey>

const key = z.string().describe('`tw_…`, for the header `X-API-Key`; shown only now')

/** One call with a key. */
export const ApiKeyCall = z
  .object({
    id,
    at: instant,
    method: z.string().describe('Of HTTP, or `SOCKET` for a call over a socket'),
    path: z.string().describe('Of the operation: `/tasks/:id`; or the name of the call over a socket'),
    status: z.int(),
    ip_address: z.string(),
  })
  .meta({ id: 'ApiKeyCall' })
export type ApiKeyCall = z.output<typeof ApiKeyCall>

const calls = z.int().min(0)
const errors = calls.describe('Of these, with a status of 400 or more')

/** How often a key was used, and the latest calls. */
export const ApiKeyUsage = listOf(ApiKeyCall)
  .extend({
    calls,
    errors,
    by_day: z.array(z.object({ day: z.iso.date().describe('In UTC'), calls, errors })),
    by_endpoint: z
      .array(z.object({ method: z.string(), path: z.string(), calls, errors }))
      .describe(`The most used first, ${limits.apiKeyEndpoints} at most`),
    by_status: z.array(z.object({ status: z.int(), calls })),
  })
  .meta({ id: 'ApiKeyUsage' })
export type ApiKeyUsage = z.output<typeof ApiKeyUsage>

const permissions = z.array(Permission).min(1, 'must name at least one permission').max(limits.apiKeyPermissions)

const fields = {
  name: filledText(limits.apiKeyName),
  permissions,
  rate_limit: z.int().min(1).max(limits.apiKeyRate).nullable(),
  expires_at: instantIn.nullable(),
}
const one = z.strictObject({ id: idInUrl })
const own = { access: 'user', key: 'never' } as const

export const apiKeys = defineResource({
  operations: {
    list: {
      ...own,
      summary: 'One’s own API keys, newest first, those revoked lately included; administrators see those of others',
      method: 'get',
      path: '/api-keys',
      query: z.strictObject({ ...paging, user_id: anyOf(idInUrl).optional() }),
      output: listOf(ApiKey),
      errors: ['forbidden', 'address_not_allowed'],
    },
    create: {
      ...own,
      recent: true,
      summary: 'Make an API key, which is shown once; it may not exceed what the caller may do',
      method: 'post',
      path: '/api-keys',
      body: z.strictObject({
        name: fields.name,
        permissions: fields.permissions,
        rate_limit: fields.rate_limit.default(null),
        expires_at: fields.expires_at.default(null),
      }),
      output: ApiKey.extend({ key }),
      status: 201,
      location: '/api-keys/:id',
      errors: ['forbidden', 'conflict'],
    },
    get: {
      ...own,
      summary: 'One API key',
      method: 'get',
      path: '/api-keys/:id',
      params: one,
      output: ApiKey,
      etag: true,
      errors: ['address_not_allowed'],
    },
    update: {
      ...own,
      summary: 'Change one of one’s own API keys; other permissions close its sockets, and its clients connect again',
      method: 'patch',
      path: '/api-keys/:id',
      params: one,
      body: z.strictObject(fields).partial(),
      output: ApiKey,
      etag: true,
      errors: ['forbidden', 'conflict', 'address_not_allowed'],
    },
    revoke: {
      ...own,
      summary: 'End an API key at once; its sockets are closed. Administrators may end those of others',
      method: 'delete',
      path: '/api-keys/:id',
      params: one,
      etag: true,
      errors: ['address_not_allowed'],
    },
    rotate: {
      ...own,
      recent: true,
      summary: 'Give an API key a new secret, which is shown once; the former one works for a while if wanted',
      method: 'post',
      path: '/api-keys/:id/rotate',
      params: one,
      body: z.strictObject({ overlap_seconds: z.int().min(0).max(limits.secretOverlapSeconds).default(0) }),
      output: ApiKey.extend({ key }),
      status: 200,
      errors: ['forbidden', 'conflict', 'address_not_allowed'],
    },
    usage: {
      ...own,
      summary: `How often an API key was used, by day, endpoint and status, for ${limits.apiKeyUsageDays} days; and its latest calls`,
      method: 'get',
      path: '/api-keys/:id/usage',
      params: one,
      query: z.strictObject({
        ...paging,
        at_start: instantIn.optional().describe('Days are counted whole'),
        at_end: instantIn.optional(),
        method: anyOf(text(20)).optional(),
        path: anyOf(text(200)).optional(),
        status: anyOf(numberInUrl(100, 599)).optional(),
      }),
      output: ApiKeyUsage,
      errors: ['address_not_allowed'],
    },
  },
})
