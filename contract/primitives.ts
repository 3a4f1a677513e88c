import { z } from 'zod'
import { limits } from './limits.ts'

/** PostgreSQL stores no NUL and JSON no unpaired surrogate; such text is refused and not changed. */
const storable = (value: string) => !value.includes('\u0000') && value.isWellFormed()
const unstorable = 'must not contain NUL characters or lone surrogates'

/** Text that people write, kept unchanged. */
export const text = (max: number) =>
  z.string().max(max, `must have at most ${max} characters`).refine(storable, unstorable)

/**
 * Text that has no visible character: white space, control characters, and letters without a shape, such as joiners,
 * Hangul fillers, tags and the blank Braille pattern.
 */
export const isBlank = (value: string): boolean =>
  /^[\p{White_Space}\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(value) &&
  !/[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]/.test(value)

/** Text that is not empty and has a visible character. */
export const filledText = (max: number) => text(max).refine(value => !isBlank(value), 'must not be empty')

export const id = z.int().positive().max(Number.MAX_SAFE_INTEGER)

/** An id in a path or a query. */
export const idInUrl = z
  .string()
  .regex(/^[1-9][0-9]{0,15}$/, 'must be a positive integer')
  .transform(Number)
  .pipe(z.int('must be a positive integer').positive())

export const version = z.int().positive()

/** A point in time in answers: always UTC, with milliseconds. */
export const instant = z.iso.datetime({ precision: 3 }).meta({
  id: 'Instant',
  description: 'A point in time: RFC 3339, in UTC, with milliseconds',
  examples: ['2026-01-31T09:00:00.000Z'],
})

const notInstant = 'must be an RFC 3339 date and time with a zone, such as 2026-01-31T09:00:00Z'

/**
 * A point in time in input: RFC 3339 with a zone, normalised to `instant`. A date alone is refused, because its time
 * zone is unknown.
 */
export const instantIn = z
  .string(notInstant)
  // RFC 3339 allows `T` and `Z` in either case.
  .overwrite(value => value.replace(/^([\d-]{10})t/, '$1T').replace(/z$/, 'Z'))
  .pipe(z.iso.datetime({ offset: true, error: notInstant }))
  .refine(value => !Number.isNaN(Date.parse(value)) && !value.startsWith('0000'), 'must be a real date')
  .transform(value => new Date(value).toISOString())
  // The zone can move the time out of the years that both ISO 8601 and PostgreSQL support.
  .refine(value => /^(?!0000)\d{4}-/.test(value), 'must lie between the years 1 and 9999')
  .meta({ format: 'date-time' })

/** A query parameter that may be repeated, meaning "any of these"; parsed to an array in every case. */
export const anyOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    value => (Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(limits.filterValues, `may be given at most ${limits.filterValues} times`),
  )

export const flagInUrl = z
  .enum(['true', 'false'])
  .transform(value => value === 'true')
  .pipe(z.boolean())

const intInUrl = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?[0-9]{1,16}$/, 'must be an integer')
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))

export const numberInUrl = intInUrl

/** The parameters of every list; with `cursor` (empty at first) the pages are by keyset and without a count. */
export const paging = {
  page: intInUrl(1, limits.maxPage).optional(),
  page_size: intInUrl(1, limits.maxPageSize).default(limits.pageSize),
  cursor: z.string().max(1_000).optional(),
}

/** A page of a list. `count` is there with `page`, not with `cursor`; `next` and `previous` are paths or null. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    count: z.int().optional(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(item),
  })

/** What a service returns for a list; the REST face turns positions into addresses. */
export interface Page<T> {
  results: T[]
  count?: number
}
