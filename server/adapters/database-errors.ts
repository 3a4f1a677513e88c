import { ConstraintError, RetryableError } from '../ports/database.ts'
import { AppError, unavailable } from '../kernel/errors.ts'

const deadlockOrSerialization = new Set(['40P01', '40001'])
const uniqueOrForeignKey = new Set(['23505', '23503'])
/**
 * Lock and statement time-outs, shut-downs, too many connections, read-only (a demoted primary), a database that was
 * dropped.
 */
const passing = new Set([
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53300',
  '25006',
  '25P03',
  '55000',
  '3D000',
])
const brokenConnection =
  /ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|Connection terminated|timeout exceeded|not queryable|Query read timeout|Client has encountered a connection error/

const diskFull = '53100'

/**
 * Sorts driver errors into those to retry, those to explain, those to answer with 503, and bugs, which stay as they
 * are.
 */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, constraint } = error as { code?: string; constraint?: string }
  if (code && deadlockOrSerialization.has(code)) return new RetryableError(error.message, { cause: error })
  if (code && constraint && uniqueOrForeignKey.has(code)) return new ConstraintError(constraint, error)
  if (code === diskFull) return new AppError('insufficient_storage', 'The storage is full.', { cause: error })
  if (code && (passing.has(code) || code.startsWith('08'))) return unavailable(error)
  if (brokenConnection.test(`${code ?? ''} ${error.message}`)) return unavailable(error)
  return error
}
