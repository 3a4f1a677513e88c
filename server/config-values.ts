import { z } from 'zod'
import { isAddressRange } from './kernel/address-list.ts'
import { isRedisUrl } from './kernel/redis-url.ts'
import { isUrlOf } from './kernel/url-login.ts'

/** Environment values are text. Only digits are accepted, because `Number()` would also accept '', '0x10' and '1e3'. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
}

export const share = z
  .string()
  .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'must be a number from 0 to 1')
  .transform(Number)

const YEAR = 366 * 24 * 3600
export const seconds = integer(1, YEAR)

/**
 * In the form that browsers send: a name in lower case, without the default port of the scheme and without a slash at
 * the end.
 */
const origin = z
  .string()
  .refine(
    text => /^https?:\/\/[^/?#@]+\/?$/i.test(text) && URL.canParse(text),
    'must be origins like https://app.example.com',
  )
  .transform(text => new URL(text).origin)

const listed = z.string().transform(text =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== ''),
)
export const list = listed.pipe(z.array(origin))

/** The pauses of the sample schedule of Standard Webhooks, three days in all. */
const standardPauses = '5,300,1800,7200,18000,36000,50400,72000,86400'

/** Seconds; a fraction is for tests. */
export const pauses = z
  .string()
  .transform(text => (text === 'standard' ? standardPauses : text))
  .pipe(listed)
  .pipe(
    z
      .array(
        z
          .string()
          .regex(/^\d{1,8}(\.\d{1,3})?$/, 'must be seconds like 5,300,1800, or standard')
          .transform(Number),
      )
      .max(50, 'must have at most 50 pauses'),
  )

export const addressRanges = listed.pipe(
  z.array(z.string().refine(isAddressRange, 'must be addresses and ranges like 10.0.0.0/8, or loopback, or none')),
)

export const postgresUrl = z
  .string()
  .refine(text => isUrlOf(text, /^postgres(ql)?:$/), 'must be a URL like postgres://user:password@host:5432/database')

export const redisUrl = z
  .string()
  .refine(
    isRedisUrl,
    'must be a URL like redis://:password@host:6379, or redis+cluster://:password@host:6379,host:6379 of a Redis Cluster',
  )

export const smtpUrl = z
  .string()
  .refine(text => isUrlOf(text, /^smtps?:$/), 'must be a URL like smtp://user:password@mail.example.com:587')

export const httpUrl = z
  .string()
  .refine(
    text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'must be a URL like https://tasks.example.com',
  )

/** A text that is not a URL is accepted here, because another check has reported it already. */
const address = (isGood: (url: URL) => boolean) => (text: string) => !URL.canParse(text) || isGood(new URL(text))

export const publicUrl = httpUrl
  .refine(
    address(({ search, hash, username }) => search + hash + username === ''),
    'must be without a query, a fragment or a name',
  )
  .refine(
    address(
      ({ pathname }) =>
        /^(\/[\w.~%+@-]+)*\/*$/.test(pathname) && !/^\/(api|assets|ofrep|scim|socket\.io)(\/|$)/i.test(pathname),
    ),
    'must have a plain path, and another one than /api, /assets, /ofrep, /scim and /socket.io, which are our own',
  )
  .transform(text => text.replace(/\/+$/, ''))
