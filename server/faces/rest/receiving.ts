import { AppError } from '../../kernel/errors.ts'
import { createGate, type Gate } from '../../kernel/gate.ts'

export interface ReceivingBounds {
  /** Forms of one person that are read at once; as many more wait for them as `waiting` says. */
  person: { running: number; waiting: number }
  /** The same of everybody. */
  everybody: { running: number; waiting: number }
}

/** Somebody may bring a file for 15 minutes, so nobody alone may have all places. */
const defaultReceiving: ReceivingBounds = {
  person: { running: 4, waiting: 60 },
  everybody: { running: 32, waiting: 200 },
}

/** Runs `work`, which receives a form of this person, when it is its turn. */
export type Receiving = <T>(personId: number, work: () => Promise<T>) => Promise<T>

/**
 * Bounds what an instance receives at a time: each form takes memory, a connection and place on the disk. Who waits has
 * not been read from yet, and the deadline for bodies ends the wait.
 *
 * @throws AppError `rate_limited` when too many of the person wait, `unavailable` when too many of everybody do
 */
export function createReceiving({ person, everybody }: ReceivingBounds = defaultReceiving): Receiving {
  const gate = createGate(everybody)
  const people = new Map<number, { gate: Gate; inside: number }>()

  return async (personId, work) => {
    const own = people.get(personId) ?? { gate: createGate(person), inside: 0 }
    if (own.inside >= person.running + person.waiting) throw tooMany()
    people.set(personId, own)
    own.inside++
    try {
      return await own.gate(() => gate(work))
    } finally {
      if (--own.inside === 0) people.delete(personId)
    }
  }
}

const tooMany = () =>
  new AppError('rate_limited', 'Too many uploads at once; wait for their answers.', { retryAfter: 5 })
