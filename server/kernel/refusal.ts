import type { Operation } from '../../contract/index.ts'
import { AppError } from './errors.ts'
import type { PublicScope } from './scope.ts'

/** Called with whatever an operation has thrown; notes it for the audit log if somebody was refused what they tried. */
export type NoteRefusal = (scope: PublicScope, operation: Operation, error: unknown) => void

/** Whether somebody who is known has tried what they may not do. */
export const isRefusal = (scope: PublicScope, error: unknown): boolean =>
  scope.person !== null && error instanceof AppError && error.code === 'forbidden'
