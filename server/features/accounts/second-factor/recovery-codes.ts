import { randomInt } from 'node:crypto'
import { hashToken } from '../secret-tokens.ts'

/** Without letters that look like digits. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const characters = 16
const group = 4
export const recoveryCodesEach = 10

/** Codes of about 79 bits: `k7mp-2xqa-99vd-t3hb`. */
export const newRecoveryCodes = (): string[] => Array.from({ length: recoveryCodesEach }, newCode)

function newCode(): string {
  const letters = Array.from({ length: characters }, () => alphabet[randomInt(alphabet.length)]).join('')
  return letters.match(new RegExp(`.{${group}}`, 'g'))!.join('-')
}

/** The stored form of a code, however it was typed. Nobody guesses a random code, so it needs no slow hash. */
export const hashRecoveryCode = (code: string): Buffer => hashToken(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
