import { createTurns, type TurnBounds } from '../../kernel/turns.ts'

export type ReceivingBounds = TurnBounds

/** Somebody may bring a file for 15 minutes, so a few people may not have all places. */
const defaultReceiving: ReceivingBounds = { running: 96, perKey: 4, waiting: 200, waitingPerKey: 60 }

/** The place of an upload that was refused rests so many times as long as it was taken: nobody waits for the next try. */
const restFactor = 4
const mostRestMs = 1_000

/** Runs `work`, which receives a form of this person, when it is its turn. */
export type Receiving = <T>(personId: number, work: () => Promise<T>) => Promise<T>

/**
 * Bounds what an instance receives at a time: each form takes memory, a connection and place on the disk. The people who
 * wait are served in rotation. Who waits has not been read from yet, and the deadline for bodies ends the wait.
 *
 * @throws AppError `rate_limited` when too many of the person wait, `unavailable` when too many of everybody do
 */
export function createReceiving(bounds: ReceivingBounds = defaultReceiving): Receiving {
  const turns = createTurns(bounds)
  return async (personId, work) => {
    const giveBack = await turns.take(personId)
    const began = performance.now()
    try {
      const received = await work()
      giveBack()
      return received
    } catch (error) {
      setTimeout(giveBack, Math.min(restFactor * (performance.now() - began), mostRestMs)).unref()
      throw error
    }
  }
}
