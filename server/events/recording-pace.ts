import { createBudgets } from '../kernel/budgets.ts'
import { AppError } from '../kernel/errors.ts'

/** What one command may record without being counted: all that change one thing do. */
const freeBytes = 64 * 1024
/** What the commands of one person record beyond that, on this instance. */
const bounds = { perSecond: 1024 * 1024, atOnce: 4 * 1024 * 1024, mostDebtMs: 10_000 }

export type RecordingPace = ReturnType<typeof createRecordingPace>

/**
 * How much one person may record: everybody's events wait while large ones are sequenced and delivered. What a command
 * records is known only afterwards, so it is owed, and the person's next command is refused until it is paid off. It does
 * not wait: it would keep a place to work that others need. Commands at the same time are all begun; there are few of one
 * person.
 */
export function createRecordingPace() {
  const budgets = createBudgets<number>(bounds)

  return {
    /** @throws AppError `rate_limited` with the seconds until the person owes nothing */
    check(personId: number): void {
      const debtMs = budgets.debtMs(personId)
      if (debtMs === 0) return
      throw new AppError('rate_limited', 'You have changed very much in a short time; go on in a moment.', {
        retryAfter: Math.ceil(debtMs / 1_000),
      })
    },
    /** Counts what a command of the person has recorded. */
    count(personId: number, bytes: number): void {
      if (bytes > freeBytes) budgets.owe(personId, bytes - freeBytes)
    },
  }
}
