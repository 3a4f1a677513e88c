import { createBudgets } from '../kernel/budgets.ts'
import { AppError } from '../kernel/errors.ts'

/** The bytes of an event that are not counted, so that a command may change many small things. */
const freeOfEvent = 4 * 1024
/** The bytes beyond that of a command that are not counted, so that it may change one large thing. */
const freeOfCommand = 64 * 1024
/** The limit for what the commands of one person record beyond both, on this instance. */
const bounds = { perSecond: 1024 * 1024, atOnce: 4 * 1024 * 1024, mostDebtMs: 10_000 }

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
      const bytes = payloads.reduce((sum, payload) => sum + Math.max(0, Buffer.byteLength(payload) - freeOfEvent), 0)
      if (bytes > freeOfCommand) budgets.owe(personId, bytes - freeOfCommand)
    },
  }
}
