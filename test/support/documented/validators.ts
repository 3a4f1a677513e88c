import { createRequire } from 'node:module'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { asyncApi } from '../../../server/faces/rest/documents/asyncapi.ts'
import { openApi } from '../../../server/faces/rest/documents/openapi.ts'

const require = createRequire(import.meta.url)

/** Loaded when the first answer is checked: most test files have none. */
const load = () => {
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const addFormats = require('ajv-formats') as typeof import('ajv-formats')
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  addFormats.default(ajv)
  const about = { version: '0', publicUrl: undefined, basePath: '' }
  const documents = { openapi: closed(openApi(about)), asyncapi: closed(asyncApi(about)) }
  for (const [name, document] of Object.entries(documents)) ajv.addSchema(document as object, name)
  return { ajv, documents }
}
let loaded: ReturnType<typeof load> | undefined
const all = () => (loaded ??= load())

export type Name = 'openapi' | 'asyncapi'

export const documentOf = (name: Name): any => all().documents[name]

const validators = new Map<string, ValidateFunction>()

/**
 * The fault of a value by a schema of a document; null when there is none.
 *
 * @param at the schema's place in the document, as a list of keys
 */
export function fault(name: Name, at: readonly (string | number)[], value: unknown): string | null {
  const pointer = at.map(key => encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  const ref = `${name}#/${pointer}`
  let validate = validators.get(ref)
  if (!validate) validators.set(ref, (validate = all().ajv.compile({ $ref: ref })))
  if (validate(value)) return null
  const error = validate.errors!.at(-1)!
  const { additionalProperty: extra } = error.params as { additionalProperty?: string }
  const field = [...error.instancePath.split('/').slice(1), ...(extra === undefined ? [] : [extra])].join('.')
  return `${field || 'the whole'} ${extra === undefined ? error.message : 'is not documented'}`
}

/**
 * Fields may be added for clients at any time, and the documents say so. What the server sends today is documented
 * completely, though: an object has the named properties and no others.
 */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (schema === null || typeof schema !== 'object') return schema
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  )
  if (copy.type === 'object' && copy.properties && !('additionalProperties' in copy)) copy.additionalProperties = false
  return copy
}
