import { AppError } from './errors.ts'
import { createLogLimit } from './log-limit.ts'
import type { Logger } from './logger.ts'

/** Lines per kind. An outage makes every call fail, and every client can cause refusals. */
const linesPerSecond = 10

/**
 * Logs failures with a 5xx status. The number of lines is bounded whatever clients do; `kind` is one of a closed set.
 */
export type LogFailure = (kind: string, error: unknown, line: object) => void

/** @param what what is refused or fails, for the text of the line */
export function createFailureLog(log: Logger, what: string): LogFailure {
  const limit = createLogLimit(linesPerSecond)

  return (kind, error, about) =>
    limit(kind, leftOut => {
      const line = { ...about, ...(leftOut > 0 && { left_out: leftOut }) }
      // A refusal because of a bound is not a defect, and its stack is useless.
      if (error instanceof AppError && error.cause === undefined)
        log.warn({ ...line, code: error.code }, `${what} refused`)
      else log.error({ ...line, err: error }, `${what} failed`)
    })
}
