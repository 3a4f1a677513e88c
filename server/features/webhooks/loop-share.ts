/**
 * How long work that can wait should rest, so that the event loop is busy for no more than a part of the time, and what
 * people wait for gets its turn soon.
 *
 * @param part of the time, from 0 to 1
 * @param mostMs the longest rest, however busy the loop is with other things
 * @returns a function that says how many ms of rest are missing since the last call
 */
export function createLoopShare(part: number, mostMs: number): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { active, idle } = performance.eventLoopUtilization(now, last)
    last = now
    return Math.min(Math.max((active * (1 - part)) / part - idle, 0), mostMs)
  }
}
