import naughtyStrings from 'big-list-of-naughty-strings/blns.json' with { type: 'json' }
import fc from 'fast-check'
import { z } from 'zod'
import { fieldsOf, oddities, sampleOf } from '../suites/samples.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom(...naughtyStrings),
  fc.constantFrom('', '\u0000', '\ud83d', 'x'.repeat(70_000), '__proto__', '-1', '1e999', '2026-11-29T10:00:00Z'),
)

/** Any value of JSON, also values that no schema expects. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...Object.values(oddities)),
  text,
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', '$ne', 'id', 'length'), fc.jsonValue()),
)

const inside = (schema: z.ZodType) => (schema as unknown as { def: { innerType?: z.ZodType; in?: z.ZodType } }).def

/** Values of the kind that a schema describes; most of them are valid. */
function alike(schema: z.ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, alike(inside(schema).innerType!))
  if (schema instanceof z.ZodNullable) return fc.option(alike(inside(schema).innerType!), { nil: null })
  if (schema instanceof z.ZodPipe && !(inside(schema).in instanceof z.ZodTransform)) return alike(inside(schema).in!)
  if (schema instanceof z.ZodObject)
    return fc.record(Object.fromEntries(Object.entries(fieldsOf(schema)).map(([name, field]) => [name, alike(field)])))
  if (schema instanceof z.ZodArray) return fc.array(alike(schema.element as z.ZodType), { maxLength: 4 })
  if (schema instanceof z.ZodUnion) return fc.oneof(...(schema.options as z.ZodType[]).map(alike))
  if (schema instanceof z.ZodEnum) return fc.constantFrom<unknown>(...schema.options)
  if (schema instanceof z.ZodLiteral) return fc.constantFrom<unknown>(...schema.values)
  if (schema instanceof z.ZodBoolean) return fc.boolean()
  if (schema instanceof z.ZodNumber) return fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer(), fc.double())
  if (schema instanceof z.ZodRecord) return fc.dictionary(text, fc.jsonValue(), { maxKeys: 4 })
  const sample = fits(schema)
  return sample === undefined ? anything : fc.oneof({ weight: 3, arbitrary: fc.constant(sample) }, text)
}

function fits(schema: z.ZodType): unknown {
  try {
    return sampleOf(schema)
  } catch {
    return undefined
  }
}

/** Input for a schema: of the right kind, with one wrong or unknown field, or anything at all. */
export function inputFor(schema: z.ZodType): fc.Arbitrary<unknown> {
  const right = alike(schema)
  const fields = Object.keys(fieldsOf(schema))
  const spoilt = fc
    .tuple(right, fc.constantFrom(...fields, 'unknown'), anything)
    .map(([value, field, odd]) => ({ ...(value as object), [field]: odd }))
  return fc.oneof({ weight: 3, arbitrary: right }, { weight: 3, arbitrary: spoilt }, { weight: 1, arbitrary: anything })
}

/** The same for the parts of an address, whose values are text. */
export const addressPartFor = (schema: z.ZodType): fc.Arbitrary<string> =>
  fc
    .oneof({ weight: 3, arbitrary: alike(schema) }, { weight: 1, arbitrary: anything })
    .map(value => (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed().slice(0, 2_000))
