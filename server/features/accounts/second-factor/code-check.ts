import type { Tx } from '../../../events/index.ts'
import type { Sealer } from '../../../kernel/sealed.ts'
import { hashRecoveryCode } from './recovery-codes.ts'
import { lockFactor, noteAccepted, noteFailure, useRecoveryCode } from './second-factor.queries.ts'
import { isTotpCode, stepOf } from './totp.ts'

/** What came of a code; a `limited` one was not looked at. */
export type Verdict = { is: 'code' } | { is: 'recovery_code' } | { is: 'wrong' } | { is: 'limited'; retryAfter: number }

/** Wrong codes of one account within the window; a guess has a chance of three in a million. */
export const mostFailures = 5
export const failureSeconds = 900

/**
 * Checks a code of a person, and spends it. Codes of the app are limited for each account, on all instances together.
 * Recovery codes are not: nobody guesses them, and they let a person in whose account somebody else guesses at.
 */
export async function checkCode(tx: Tx, sealer: Sealer, userId: number, given: string): Promise<Verdict> {
  const factor = await lockFactor(tx, userId)
  if (!factor || factor.confirmed_at === null) return { is: 'wrong' }
  const code = given.replace(/\s/g, '')
  if (!isTotpCode(code)) {
    const isGood = await useRecoveryCode(tx, userId, hashRecoveryCode(code), tx.now)
    return { is: isGood ? 'recovery_code' : 'wrong' }
  }

  const now = Date.parse(tx.now)
  const ends = factor.failing_since === null ? 0 : Date.parse(factor.failing_since) + 1_000 * failureSeconds
  const failures = now < ends ? factor.failures : 0
  if (failures >= mostFailures) return { is: 'limited', retryAfter: Math.max(1, Math.ceil((ends - now) / 1_000)) }
  const secret = sealer.open(factor.secret)
  const step = secret === null ? null : stepOf(secret, code, now)
  if (step !== null && step > factor.last_step) {
    await noteAccepted(tx, userId, step)
    return { is: 'code' }
  }
  await noteFailure(tx, userId, failures + 1, failures === 0 ? tx.now : factor.failing_since!)
  return { is: 'wrong' }
}
