import { createBudgets } from '../../kernel/budgets.ts'

/** Every person may use at least as much as this many sockets, even when the configuration allows fewer. */
const leastSockets = 50

/** Shorter than the ping time-out, so that a connection that is not read meanwhile does not end because of it. */
const mostByteDebtMs = 4_000

/**
 * What all sockets of one person on this instance may use together. The figures are for 50 sockets, and rise in
 * proportion when the configuration allows more. A page that joins 100 rooms, drags cards and moves a cursor 30 times a
 * second stays far below them.
 */
export function createTraffic({ maxSocketsPerUser }: { maxSocketsPerUser: number }) {
  const scale = Math.max(leastSockets, maxSocketsPerUser) / leastSockets
  const scaled = (perSecond: number, atOnce: number) => ({ perSecond: perSecond * scale, atOnce: atOnce * scale })

  return {
    /** Calls, known or not, valid or not. Further ones are refused. */
    calls: createBudgets<number>(scaled(100, 500)),
    /** Calls that were refused because of that limit. The socket that exceeds this is closed. */
    refusals: createBudgets<number>({ perSecond: 50, atOnce: 1_000 }),
    /** Bytes of packets. Above this, the person's connections are not read for a while. */
    bytes: createBudgets<number>({ ...scaled(2 * 1024 * 1024, 8 * 1024 * 1024), mostDebtMs: mostByteDebtMs }),
    /** Presence states that are sent to others; enough for a moving cursor. */
    signals: createBudgets<number>({ perSecond: 30, atOnce: 60 }),
    /** Events that joins replay and members that they list. Above this, joins wait. */
    rows: createBudgets<number>(scaled(4_000, 20_000)),
    /** Sockets that are opened. */
    connects: createBudgets<number>(scaled(10, 200)),
  }
}

export type Traffic = ReturnType<typeof createTraffic>
