import { createTurns, type TurnBounds } from '../../kernel/turns.ts'

export type ReceivingBounds = TurnBounds

/** Somebody may bring a file for 15 minutes, so nobody alone may have all places. */
const defaultReceiving: ReceivingBounds = { running: 32, perKey: 4, waiting: 200, waitingPerKey: 60 }

/** Runs `work`, which receives a form of this person, when it is its turn. */
export type Receiving = <T>(personId: number, work: () => Promise<T>) => Promise<T>

/**
 * Bounds what an instance receives at a time: each form takes memory, a connection and place on the disk. The people who
 * wait are served in rotation. Who waits has not been read from yet, and the deadline for bodies ends the wait.
 *
 * @throws AppError `rate_limited` when too many of the person wait, `unavailable` when too many of everybody do
 */
export const createReceiving = (bounds: ReceivingBounds = defaultReceiving): Receiving => createTurns(bounds).run
