import { z } from 'zod'
import { APIError, type ErrorCode, instant, type Operation } from '../../../../contract/index.ts'
import type { Endpoint } from './endpoints.ts'
import { errorsOf } from './errors-of.ts'
import type { Json, Schemas } from './schemas.ts'

const header = (description: string, schema: Json = { type: 'string' }) => ({ description, required: true, schema })

const mayCount = (description: string) => ({
  ...header(description, { type: 'string', pattern: '^\\d+$' }),
  required: false,
})

export const responseHeaders = {
  RequestId: header('The caller’s own `X-Request-Id` if it was a sane one; it stands in errors and in the log.'),
  ProcessTime: header('Seconds from the head of the request to the answer.', {
    type: 'string',
    pattern: '^\\d+\\.\\d+$',
  }),
  ApiVersion: header('The version of the server.'),
  ETag: header('The version, as a strong entity tag.'),
  Location: header('The path of what was created.'),
  GoOnAt: header('Where the browser goes on.'),
  MayLocation: { ...header('The path of what was created, if it is one thing.'), required: false },
  EventEpoch: header('Which event log `X-Event-Offset` is a position in. An error of such a read may have both, too.'),
  EventOffset: header(
    'A position in the event log that the answer is at least as new as: rooms are joined from there.',
    {
      type: 'string',
      pattern: '^\\d+$',
    },
  ),
  RetryAfter: header('The seconds after which repeating the call makes sense.', { type: 'string', pattern: '^\\d+$' }),
  MayRetryAfter: {
    ...header('When the reason is temporary: the seconds after which to repeat the call.'),
    required: false,
  },
  RateLimitPolicy: {
    ...header('The limits that the call takes from: `"free";q=600;w=60` (IETF draft ratelimit-headers-11).'),
    required: false,
  },
  RateLimit: {
    ...header('What is left of them, and in how many seconds they are whole again: `"free";r=599;t=60`.'),
    required: false,
  },
  XRateLimitLimit: mayCount('What calls may cost in a window, of the limit that is nearest.'),
  XRateLimitRemaining: mayCount('What is left of it.'),
  XRateLimitReset: mayCount('When it is whole again, in seconds since 1970.'),
  ContentRange: header('The part that is sent, and the size of the whole.'),
}

const headerNames: Record<keyof typeof responseHeaders, string> = {
  RequestId: 'X-Request-Id',
  ProcessTime: 'X-Process-Time',
  ApiVersion: 'X-API-Version',
  ETag: 'ETag',
  Location: 'Location',
  GoOnAt: 'Location',
  MayLocation: 'Location',
  EventEpoch: 'X-Event-Epoch',
  EventOffset: 'X-Event-Offset',
  RetryAfter: 'Retry-After',
  MayRetryAfter: 'Retry-After',
  RateLimitPolicy: 'RateLimit-Policy',
  RateLimit: 'RateLimit',
  XRateLimitLimit: 'X-RateLimit-Limit',
  XRateLimitRemaining: 'X-RateLimit-Remaining',
  XRateLimitReset: 'X-RateLimit-Reset',
  ContentRange: 'Content-Range',
}

/** Those of every answer. Health has no limits, and limits may be switched off. */
const general = [
  'RequestId',
  'ProcessTime',
  'ApiVersion',
  'RateLimitPolicy',
  'RateLimit',
  'XRateLimitLimit',
  'XRateLimitRemaining',
  'XRateLimitReset',
] as const

const headersOf = (...some: (keyof typeof responseHeaders | false | undefined)[]): Json =>
  Object.fromEntries(
    [...general, ...some]
      .filter(name => name !== false && name !== undefined)
      .map(name => [headerNames[name], { $ref: `#/components/headers/${name}` }]),
  )

const json = (schema: Json) => ({ 'application/json': { schema } })

/** Every answer of an endpoint, by status. `shared` collects the answers that many endpoints have in common. */
export function responsesOf(endpoint: Endpoint, schemas: Schemas, shared: Record<string, Json>): Json {
  const { operation } = endpoint
  const errors = [...errorsOf(endpoint)].map(([status, codes]) => [status, errorOf(status, codes, shared)] as const)
  return {
    ...successesOf(operation, schemas),
    ...Object.fromEntries(errors),
    ...(operation.alsoStatus && { [operation.alsoStatus]: alsoOf(operation, schemas) }),
  }
}

function successesOf(operation: Operation, schemas: Schemas): Json {
  const { output, status = 200, location, etag, positioned, file, method } = operation
  if (file) return fileOf(file)
  if (operation.redirect) return { 302: { description: 'Where to go on', headers: headersOf('GoOnAt') } }
  if (!output) return { 204: { description: 'Done', headers: headersOf() } }
  const position = positioned ? (['EventEpoch', 'EventOffset'] as const) : []
  // When the answer is one thing or several, only a single thing has an address.
  const createdAt = location === undefined ? undefined : output instanceof z.ZodObject ? 'Location' : 'MayLocation'
  return {
    [status]: {
      description: operation.envelope ?? operation.summary,
      headers: headersOf(etag && 'ETag', createdAt, ...position),
      content: json(schemas.output(enveloped(operation, output))),
    },
    ...(method === 'get' &&
      etag && {
        304: { description: 'The caller has the present version already', headers: headersOf('ETag', ...position) },
      }),
  }
}

const enveloped = ({ envelope }: Operation, output: z.ZodType): z.ZodType =>
  envelope === undefined
    ? output
    : z.object({ success: z.literal(true), data: output, message: z.literal(envelope), timestamp: instant })

function fileOf(types: readonly string[]): Json {
  const content = Object.fromEntries(types.map(type => [type, { schema: contentOf(type) }]))
  return {
    200: { description: 'The file', headers: headersOf('ETag'), content },
    206: {
      description: 'The part of the file that `Range` asks for',
      headers: headersOf('ETag', 'ContentRange'),
      content,
    },
    304: { description: 'The caller has the present version already', headers: headersOf('ETag') },
    416: {
      description: '`Range` is outside of the file',
      headers: headersOf('ContentRange'),
      content: json(errorSchema(['validation_error'])),
    },
  }
}

/** A file of JSON is a list of things; any other is described by its type. */
const contentOf = (type: string): Json =>
  type === 'application/json'
    ? { type: 'array', items: { type: 'object' } }
    : { type: 'string', contentMediaType: type }

function alsoOf(operation: Operation, schemas: Schemas): Json {
  const { output, summary, alsoStatus } = operation
  if (alsoStatus === 202)
    return { description: summary, headers: headersOf(), content: json(schemas.output(enveloped(operation, output!))) }
  const schema = { anyOf: [schemas.output(output!), errorSchema(['unavailable'])] }
  return { description: summary, headers: headersOf(), content: json(schema) }
}

const headersOfErrors: Record<number, (keyof typeof responseHeaders)[]> = {
  409: ['MayRetryAfter'],
  // The present ETag, so that the client can retry at once.
  412: ['ETag'],
  429: ['RetryAfter'],
  503: ['RetryAfter'],
}

/** @returns a reference to the answer that all endpoints with exactly these errors share */
function errorOf(status: number, codes: ErrorCode[], shared: Record<string, Json>): Json {
  const name = [status, ...codes].join('.')
  shared[name] ??= {
    description: codes.map(code => `\`${code}\``).join(', '),
    headers: headersOf(...(headersOfErrors[status] ?? [])),
    content: json(errorSchema(codes)),
  }
  return { $ref: `#/components/responses/${name}` }
}

/** Shared answers include the list of codes too, so that clients know which ones to expect. */
const errorSchema = (codes: readonly ErrorCode[]): Json => ({
  allOf: [
    { $ref: `#/components/schemas/${z.globalRegistry.get(APIError)!.id}` },
    { properties: { error: { properties: { code: { enum: codes } } } } },
  ],
})
