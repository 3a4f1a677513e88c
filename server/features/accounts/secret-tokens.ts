import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** 256 random bits for a URL, a header or a body. */
export const newSecretToken = () => randomBytes(32).toString('base64url')

export const isSecretToken = (value: string) => /^[A-Za-z0-9_-]{43}$/.test(value)

/** The stored form of a token: nobody can use what is read from the database. Random tokens need no slow hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Derives a token from a seed; only this server's secret can do that. */
export type TokenDeriver = (seed: string) => string

/** @param purpose separates the tokens of one kind from those of other kinds and from the JWT's signatures */
export function createTokenDeriver(jwtSecret: string, purpose: string): TokenDeriver {
  const key = Buffer.from(hkdfSync('sha256', jwtSecret, '', `taskwire ${purpose}`, 32))
  return seed => createHmac('sha256', key).update(seed).digest('base64url')
}

/** How long a token for a new password is valid. */
export const resetTokenSeconds = 3_600
