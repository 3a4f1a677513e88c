import { AppError } from './errors.ts'
import type { PublicScope } from './scope.ts'

/**
 * Called with whatever a call has thrown; notes it for the audit log if somebody was refused what they tried.
 *
 * @param called the method and the path of the operation, without what stands in its place in a call
 */
export type NoteRefusal = (scope: PublicScope, called: { method: string; path: string }, error: unknown) => void

const refusals: readonly string[] = ['forbidden', 'address_not_allowed']

/** Whether somebody who is known has tried what they may not do; of a call for several things, with one of them. */
export const isRefusal = (scope: PublicScope, error: unknown): boolean =>
  scope.person !== null && error instanceof AppError && (isRefused(error) || isRefused(error.cause))

const isRefused = (error: unknown) => error instanceof AppError && refusals.includes(error.code)
