import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

export type Json = Record<string, unknown>

/** OpenAPI 3.1 uses a newer dialect of JSON Schema than AsyncAPI 3. */
export type Dialect = 'draft-2020-12' | 'draft-7'

export interface Schemas {
  /** The schema of what a client sends in a body or a message. */
  input(schema: z.ZodType): Json
  /** The schema of what a client gets. Later versions may add fields, so further ones are allowed. */
  output(schema: z.ZodType): Json
  /**
   * The schema of what a client writes into a path, a query or a form, where everything is text; a number is still
   * described as a number.
   */
  asText(schema: z.ZodObject): Json
  /** Every schema that has an id, by that id; other schemas refer to it. */
  readonly named: Record<string, Json>
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>
type Converted = Parameters<Override>[0]

/** Converts schemas of the contract to JSON Schema and collects those with an id for `#/components/schemas`. */
export function createSchemas(target: Dialect): Schemas {
  const definitions = target === 'draft-7' ? 'definitions' : '$defs'
  const named: Record<string, Json> = {}
  /** The names of the ids so far, for sending and for receiving. */
  const settled: Record<'input' | 'output', Record<string, string>> = { input: {}, output: {} }

  function convert(schema: z.ZodType, io: 'input' | 'output', override: Override): Json {
    // Wrapped in an object, because a schema with an id is inlined when it is the root.
    const whole = z.toJSONSchema(z.object({ it: schema }), { target, io, override, unrepresentable: 'any' })
    const { [definitions]: found = {}, properties } = whole as unknown as {
      properties: { it: Json }
      [key: string]: unknown
    }
    return withRefs(properties.it, nameAll(found as Record<string, Json>, io))
  }

  /**
   * Stores schemas under their ids. A schema that differs between sending and receiving, or refers to such a schema, is
   * stored a second time under another name. @returns the name of each id
   */
  function nameAll(found: Record<string, Json>, io: 'input' | 'output'): Record<string, string> {
    const names = settled[io]
    const fresh = Object.keys(found).filter(id => !(id in names))
    for (const id of fresh) names[id] = id
    const differs = (id: string) => {
      const known = named[names[id]!]
      return known !== undefined && !isDeepStrictEqual(known, withRefs(found[id]!, names))
    }
    for (let other = fresh.find(differs); other !== undefined; other = fresh.find(differs))
      names[other] += io === 'input' ? 'Input' : 'Output'
    for (const id of fresh) named[names[id]!] = withRefs(found[id]!, names)
    return names
  }

  const withRefs = (schema: Json, names: Record<string, string>): Json =>
    JSON.parse(JSON.stringify(schema), (key, value) => {
      if (key !== '$ref' || typeof value !== 'string') return value
      return `#/components/schemas/${names[value.slice(`#/${definitions}/`.length)]}`
    })

  return {
    named,
    input: schema => convert(schema, 'input', tidy),
    output: schema => convert(schema, 'output', tidyOutput),
    asText: schema => convert(schema, 'input', readAsText),
  }
}

/** Removes what tells a reader nothing: the bounds of all integers, and a pattern that repeats a format. */
function tidy({ jsonSchema }: Converted): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
}

function tidyOutput(converted: Converted): void {
  tidy(converted)
  if (converted.jsonSchema.additionalProperties === false) delete converted.jsonSchema.additionalProperties
}

function readAsText(converted: Converted): void {
  const { zodSchema, jsonSchema } = converted
  const { def } = zodSchema as unknown as z.ZodType
  if (def.type === 'default') jsonSchema.default = (def as z.core.$ZodDefaultDef).defaultValue as never
  if (def.type === 'pipe') {
    const read = z.toJSONSchema(zodSchema, { io: 'output', unrepresentable: 'any' })
    if (read.type === 'integer' || read.type === 'boolean') {
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
      const { $schema: _, ...rest } = read
      Object.assign(jsonSchema, rest)
    }
  }
  tidy(converted)
}
