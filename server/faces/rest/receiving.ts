import { createTurns, type TurnBounds } from '../../kernel/turns.ts'

export type ReceivingBounds = TurnBounds

/** An upload may take 15 minutes, so a few people must not occupy all places. */
const defaultReceiving: ReceivingBounds = { running: 96, perKey: 4, waiting: 200, waitingPerKey: 60 }

/**
 * The place of a refused upload stays occupied for this multiple of its duration, which slows down repeated attempts.
 */
const restFactor = 4
const mostRestMs = 1_000

/** Runs `work`, which receives a form of this person, when it is its turn. */
export type Receiving = <T>(personId: number, work: () => Promise<T>) => Promise<T>

/**
 * Bounds how many uploads an instance receives at a time: each form takes memory, a connection and space on the disk.
 * The waiting people are served in rotation. A waiting upload is not read yet, and the deadline for bodies ends the
 * wait.
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
