import { setTimeout as sleep } from 'node:timers/promises'
import { createBudgets } from '../kernel/budgets.ts'
import { AppError } from '../kernel/errors.ts'

/** What one command may record without being counted: almost all do. */
const freeBytes = 16 * 1024
/** What the commands of one person record beyond that, on this instance. */
const bounds = { perSecond: 1024 * 1024, atOnce: 4 * 1024 * 1024, mostDebtMs: 10_000 }
/** So long a command waits for what its author still owes. */
const mostWaitMs = 2_000

export type RecordingPace = ReturnType<typeof createRecordingPace>

/**
 * How much one person may record: everybody's events wait while large ones are sequenced and told. What a command records
 * is known only afterwards, so it is owed, and the person's next command waits until it is paid off.
 */
export function createRecordingPace() {
  const budgets = createBudgets<number>(bounds)

  return {
    /** @throws AppError `rate_limited` when the person owes more than can be waited for */
    async wait(personId: number): Promise<void> {
      const until = performance.now() + mostWaitMs
      // Again, for others of the person's commands were at work meanwhile.
      for (let debtMs; (debtMs = budgets.debtMs(personId)) > 0;) {
        if (performance.now() + debtMs > until) throw tooMuch(debtMs)
        await sleep(debtMs)
      }
    },
    /** Notes what a command of the person has recorded. */
    count(personId: number, bytes: number): void {
      if (bytes > freeBytes) budgets.owe(personId, bytes - freeBytes)
    },
  }
}

const tooMuch = (debtMs: number) =>
  new AppError('rate_limited', 'You have changed very much in a short time; go on in a moment.', {
    retryAfter: Math.ceil(debtMs / 1_000),
  })
