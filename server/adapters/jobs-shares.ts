/**
 * How many jobs of one person run at a time here, while jobs of others run too and while none do. An instance runs
 * three jobs.
 */
const mostOfOne = { shared: 1, alone: 2 }

/**
 * Tracks whose jobs run here and who has reached their share. One person's jobs never take all places of an instance,
 * so another person's job begins at once however many the first has queued. When a job ends, the place goes to the
 * person who has fewer.
 */
export function createShares() {
  const running = new Map<number, number>()
  const runningOf = (person: number) => running.get(person) ?? 0
  /** How many jobs of this person may run in total. */
  const mostOf = (person: number) => (running.size > (running.has(person) ? 1 : 0) ? mostOfOne.shared : mostOfOne.alone)

  return {
    hasShare: (person: number): boolean => runningOf(person) >= mostOf(person),
    /** The people whose jobs must not be taken at the moment. */
    withShare: (): number[] => [...running.keys()].filter(person => runningOf(person) >= mostOf(person)),
    begin: (person: number): void => void running.set(person, runningOf(person) + 1),
    end: (person: number): void => {
      if (runningOf(person) > 1) running.set(person, runningOf(person) - 1)
      else running.delete(person)
    },
  }
}
