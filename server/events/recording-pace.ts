import { createBudgets } from '../kernel/budgets.ts'
import { AppError } from '../kernel/errors.ts'

/** The bytes of an event that are not counted, so that a command may change many small things; and of all its events. */
const freeOfEvent = 4 * 1024
const freeOfEvents = 1024 * 1024
/** The bytes beyond that of a command that are not counted, so that it may change one large thing. */
const freeOfCommand = 64 * 1024
/** The limit for what the commands of one person record beyond both, on this instance. */
const bounds = { perSecond: 512 * 1024, atOnce: 2 * 1024 * 1024, mostDebtMs: 20_000 }

export type RecordingPace = ReturnType<typeof createRecordingPace>

/**
 * Limits how much one person may record, because everybody's events wait while large ones are sequenced and delivered.
 * The amount is known only after a command, so it becomes a debt, and the person's next command is refused until the
 * debt is paid off. The command does not wait, because it would occupy a place that others need. Simultaneous commands
 * are all started; one person has few of them.
 */
export function createRecordingPace() {
  const budgets = createBudgets<number>(bounds)

  return {
    /** @throws AppError `rate_limited` with the seconds until the debt is paid off */
    check(personId: number): void {
      const debtMs = budgets.debtMs(personId)
      if (debtMs === 0) return
      throw new AppError('rate_limited', 'You have changed too much in a short time; try again in a moment.', {
        retryAfter: Math.ceil(debtMs / 1_000),
      })
    },
    /** Counts the events that a command of the person has recorded. */
    count(personId: number, payloads: readonly string[]): void {
      const sizes = payloads.map(payload => Buffer.byteLength(payload))
      const small = sizes.reduce((sum, size) => sum + Math.min(size, freeOfEvent), 0)
      const all = sizes.reduce((sum, size) => sum + size, 0)
      const owed = all - Math.min(small, freeOfEvents) - freeOfCommand
      if (owed > 0) budgets.owe(personId, owed)
    },
  }
}
