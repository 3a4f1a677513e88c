import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** `tw_`, a public part of 12 hexadecimal digits, and a secret of 256 random bits. */
const form = /^(tw_[0-9a-f]{12})_[A-Za-z0-9_-]{43}$/

export const newPrefix = (): string => `tw_${randomBytes(6).toString('hex')}`

/** A new key with this prefix; a rotation keeps the prefix. */
export const newKey = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`

/** The public part of a key; null when it has not the form of one. */
export const prefixOf = (key: string): string | null => form.exec(key)?.[1] ?? null

/** The stored form of a key. It is random, so it needs no slow hash. */
export const hashOf = (key: string): Buffer => hash('sha256', key, 'buffer')

/** Compared with when there is no such key, so that this takes the same time. */
const nothing = Buffer.alloc(32)

/** Whether this is the stored hash, in a time that does not tell how much of it is right, or whether there is one. */
export const isHash = (given: Buffer, stored: Buffer | null | undefined): boolean =>
  timingSafeEqual(given, stored ?? nothing) && stored != null
