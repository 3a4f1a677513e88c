import { unavailable } from './errors.ts'

/** Runs `work` when it is its turn. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets `running` pieces of work run at once and `waiting` more wait for them, first come, first served. Beyond that the
 * caller is told at once: who would wait for seconds has mostly given up by then, and the work would be for nobody.
 *
 * @throws AppError `unavailable` when the queue is full
 */
export function createGate({ running, waiting }: { running: number; waiting: number }): Gate {
  let active = 0
  const queue: (() => void)[] = []

  return async work => {
    if (active >= running) {
      if (queue.length >= waiting) throw unavailable()
      // Whoever leaves hands its place on, so nobody can slip in between.
      await new Promise<void>(resolve => queue.push(resolve))
    } else active++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else active--
    }
  }
}
