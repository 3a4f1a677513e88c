import { Secret, TOTP } from 'otpauth'

/** What every authenticator app assumes: SHA-1, six digits, thirty seconds. */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const issuer = 'Taskwire'
/** Clocks of telephones are off by some seconds, and people type slowly: one step before and one after. */
const window = 1

/** 160 random bits in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

/** The address that a QR code holds. @param label how the app names the account */
export const otpauthUrl = (secret: string, label: string): string =>
  new TOTP({ ...form, issuer, label, secret }).toString()

/**
 * The time step of which this is the code, counted since 1970; null when it is none of the present ones. A step after
 * the last one that was accepted makes a code good once only (RFC 6238, section 5.2).
 */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  // The library compares bytes, and fails on six characters that are more than six bytes.
  if (!isTotpCode(code)) return null
  const totp = new TOTP({ ...form, secret })
  const delta = totp.validate({ token: code, timestamp: nowMs, window })
  return delta === null ? null : totp.counter({ timestamp: nowMs }) + delta
}

export const isTotpCode = (code: string): boolean => /^[0-9]{6}$/.test(code)
