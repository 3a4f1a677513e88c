import { z } from 'zod'

/** Invalid values of every kind; a schema may accept some of them. */
export const oddities: Record<string, unknown> = {
  null: null,
  'an object': { a: 1 },
  'an array': [[1]],
  'a number': 1.5,
  'a huge number': 1e308,
  true: true,
  'a NUL': 'a\u0000b',
  'half a surrogate pair': '\ud83d',
  'an object for a database': { $ne: null },
  'an object for an ORM': { __raw: true, sql: 'select 1' },
  'much text': 'x'.repeat(60_000),
  'no text': '',
}

/** The fields of an object schema, also of a union or refinement of one. */
export function fieldsOf(schema: z.ZodType | undefined): Record<string, z.ZodType> {
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
}

export const requiredIn = (schema: z.ZodType | undefined): string[] =>
  Object.entries(fieldsOf(schema))
    .filter(([, field]) => !field.safeParse(undefined).success)
    .map(([field]) => field)

/** The smallest input that a schema accepts, made of its own kinds of fields. */
export function sampleOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodObject) {
    const least = Object.fromEntries(requiredIn(schema).map(name => [name, sampleOf(fieldsOf(schema)[name]!)]))
    if (schema.safeParse(least).success) return least
  }
  if (schema instanceof z.ZodArray) {
    const one = [sampleOf(schema.element as z.ZodType)]
    if (schema.safeParse(one).success) return one
  }
  const plain = [
    'a sample',
    1,
    '1',
    'a@example.com',
    'sample',
    'owner',
    'todo',
    'tasks',
    'tasks:read',
    'csv',
    'payment.completed',
    'https://example.com/',
    true,
    'activate',
    'media',
    { status: 'done' },
    { visibility: 'private' },
    { room: 'tasks' },
    ['*'],
    { all: true },
    {},
  ]
  const uuid = '00000000-0000-4000-8000-000000000000'
  const fits = [...plain, uuid, 'sample password'].find(value => schema.safeParse(value).success)
  if (fits === undefined) throw new Error(`no sample fits ${schema.constructor.name}`)
  return fits
}

export const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let n = 0; n < levels; n++) value = n % 2 ? { a: value } : [value]
  return value
}
