import type { z } from 'zod'
import type { Operation } from '../../../../contract/index.ts'
import type { Json, Schemas } from './schemas.ts'

/** The body that an operation accepts; undefined when there is none. */
export function requestBodyOf(operation: Operation, schemas: Schemas): Json | undefined {
  const { body, form } = operation
  if (form) return { required: true, content: { 'multipart/form-data': formOf(form, body as z.ZodObject, schemas) } }
  if (!body) return undefined
  if (operation.urlEncoded)
    return { required: true, content: { 'application/x-www-form-urlencoded': { schema: schemas.input(body) } } }
  return {
    // A body without required fields is optional.
    required: !body.safeParse({}).success,
    content: { 'application/json': { schema: schemas.input(body) } },
  }
}

function formOf({ files }: { files: number }, fields: z.ZodObject, schemas: Schemas): Json {
  const {
    properties,
    required = [],
    ...rest
  } = schemas.asText(fields) as {
    properties: Json
    required?: string[]
  }
  const one = { type: 'string', contentMediaType: 'application/octet-stream' }
  const file = files === 1 ? one : { type: 'array', items: one, minItems: 1, maxItems: files }
  return { schema: { ...rest, properties: { ...properties, file }, required: [...required, 'file'] } }
}
