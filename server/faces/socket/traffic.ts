import { createBudgets } from '../../kernel/budgets.ts'

/** What every person may do, however few sockets the configuration gives them. */
const leastSockets = 50

/** Less than a line may leave a ping unanswered: one that is not read meanwhile does not end for that. */
const mostByteDebtMs = 4_000

/**
 * What one person's sockets of this instance may cost, all together: figures for 50 sockets, and in proportion for a
 * configuration that allows more. A page that joins 100 rooms, drags cards and moves a cursor 30 times a second stays
 * far below them.
 */
export function createTraffic({ maxSocketsPerUser }: { maxSocketsPerUser: number }) {
  const scale = Math.max(leastSockets, maxSocketsPerUser) / leastSockets
  const scaled = (perSecond: number, atOnce: number) => ({ perSecond: perSecond * scale, atOnce: atOnce * scale })

  return {
    /** Calls, known or not, valid or not. Beyond this they are refused. */
    calls: createBudgets<number>(scaled(100, 500)),
    /** Calls that were refused for that. Beyond this the socket that goes on is closed. */
    refusals: createBudgets<number>({ perSecond: 50, atOnce: 1_000 }),
    /** Bytes of packets. Beyond this the person's lines are not read from for a while. */
    bytes: createBudgets<number>({ ...scaled(2 * 1024 * 1024, 8 * 1024 * 1024), mostDebtMs: mostByteDebtMs }),
    /** States that are told to others: enough for a cursor that moves. */
    signals: createBudgets<number>({ perSecond: 30, atOnce: 60 }),
    /** Events that are replayed and members that are listed by joins. Beyond this joins wait. */
    rows: createBudgets<number>(scaled(4_000, 20_000)),
    /** Sockets that are opened. */
    connects: createBudgets<number>(scaled(10, 200)),
  }
}

export type Traffic = ReturnType<typeof createTraffic>
