import { limits, type Operation } from '../../../../contract/index.ts'
import type { Endpoint } from './endpoints.ts'
import { isPersonalWrite, takesIfMatch } from './errors-of.ts'
import type { Json, Schemas } from './schemas.ts'

const header = (name: string, description: string, schema: Json) => ({ name, in: 'header', description, schema })
const printable = { pattern: '^[ -~]+$', minLength: 1 }

/** Headers that several operations read. */
export const headerParameters = {
  IdempotencyKey: header(
    'Idempotency-Key',
    'The same call with the same key, within 24 hours, has one effect and gets the same answer.',
    { type: 'string', ...printable, maxLength: limits.idempotencyKey },
  ),
  MutationId: header('X-Mutation-Id', 'Comes back as `mutation_id` in the events that the call causes.', {
    type: 'string',
    ...printable,
    maxLength: limits.mutationId,
  }),
  Traceparent: header('traceparent', 'The trace to which the call belongs (W3C Trace Context); events carry it on.', {
    type: 'string',
    maxLength: limits.traceparent,
  }),
  IfMatch: header('If-Match', 'The `ETag` that the caller has seen: with any other the call is refused with 412.', {
    type: 'string',
    examples: ['"3"'],
  }),
  IfNoneMatch: header(
    'If-None-Match',
    'An `ETag` that the caller has: while it is the present one the answer is 304.',
    {
      type: 'string',
      examples: ['"3"'],
    },
  ),
  Range: header('Range', 'One part of the file; of several the whole is sent.', {
    type: 'string',
    examples: ['bytes=0-1023'],
  }),
}

const named = (name: keyof typeof headerParameters) => ({ $ref: `#/components/parameters/${name}` })

/** The parameters of an endpoint: everything that it reads except the body. */
export function parametersOf(endpoint: Endpoint, schemas: Schemas): Json[] {
  const { operation } = endpoint
  return [
    ...inAddress('path', operation.params, schemas),
    ...inAddress('query', operation.query, schemas),
    ...(isPersonalWrite(endpoint) ? [named('IdempotencyKey'), named('MutationId'), named('Traceparent')] : []),
    ...(takesIfMatch(endpoint) ? [named('IfMatch')] : []),
    ...(operation.method === 'get' && (operation.etag || operation.file) ? [named('IfNoneMatch')] : []),
    ...(operation.file ? [named('Range')] : []),
  ]
}

function inAddress(place: 'path' | 'query', schema: Operation['query'], schemas: Schemas): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemas.asText(schema) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...one }]) => ({
    name,
    in: place,
    ...(description !== undefined && { description }),
    required: required.includes(name),
    schema: one,
  }))
}
