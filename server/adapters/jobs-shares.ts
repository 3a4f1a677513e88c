/** Of one person's jobs, while another person's run here too; and while none does. An instance has three places. */
const mostOfOne = { shared: 1, alone: 2 }

/**
 * Who works here just now, and who has their share: one person's jobs never take all places of an instance, so somebody
 * else's begins at once however many one has queued, and when a job ends the place goes to whoever has fewer.
 */
export function createShares() {
  const running = new Map<number, number>()
  const runningOf = (person: number) => running.get(person) ?? 0
  /** How many of one person may run, apart from what that person runs already. */
  const mostOf = (person: number) => (running.size > (running.has(person) ? 1 : 0) ? mostOfOne.shared : mostOfOne.alone)

  return {
    hasShare: (person: number): boolean => runningOf(person) >= mostOf(person),
    /** Of these no further job is to be taken. */
    withShare: (): number[] => [...running.keys()].filter(person => runningOf(person) >= mostOf(person)),
    begin: (person: number): void => void running.set(person, runningOf(person) + 1),
    end: (person: number): void => {
      if (runningOf(person) > 1) running.set(person, runningOf(person) - 1)
      else running.delete(person)
    },
  }
}
