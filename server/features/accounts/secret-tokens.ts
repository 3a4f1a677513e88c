import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** 256 random bits for a URL, a header or a body. */
export const newSecretToken = () => randomBytes(32).toString('base64url')

export const isSecretToken = (value: string) => /^[A-Za-z0-9_-]{43}$/.test(value)

/** As it is stored: nobody can use what is read from the database. Random tokens need no slow hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Makes a token out of a seed; without the server's secret nobody else can. */
export type TokenDeriver = (seed: string) => string

/** @param purpose keeps the tokens of one kind from being good for another, and apart from the JWT's signatures */
export function createTokenDeriver(jwtSecret: string, purpose: string): TokenDeriver {
  const key = Buffer.from(hkdfSync('sha256', jwtSecret, '', `taskwire ${purpose}`, 32))
  return seed => createHmac('sha256', key).update(seed).digest('base64url')
}

/** So long a token for a new password is good. */
export const resetTokenSeconds = 3_600
