import { AppError } from '../../kernel/errors.ts'
import type { Standing } from '../../kernel/standing.ts'
import type { Count } from '../../ports/counters.ts'
import type { Policy } from './limits.policy.ts'

export const standingOf = ({ name, limit }: Policy, { amount, leftMs }: Count, windowSeconds: number): Standing => ({
  name,
  limit,
  remaining: Math.max(0, limit - amount),
  windowSeconds,
  resetAt: Date.now() + leftMs,
})

export const secondsLeft = ({ resetAt }: Pick<Standing, 'resetAt'>): number =>
  Math.max(1, Math.ceil((resetAt - Date.now()) / 1_000))

/** The refusal of a call that is beyond a limit. */
export function beyond(standing: Pick<Standing, 'name' | 'resetAt'>): AppError {
  const retryAfter = secondsLeft(standing)
  const what = standing.name === 'login' ? 'Too many failed sign-ins' : 'Too many calls'
  return new AppError('rate_limited', `${what}; try again in ${retryAfter} s.`, {
    retryAfter,
    details: { policy: standing.name, retry_after: retryAfter },
  })
}
