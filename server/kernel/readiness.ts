/** How many findings in a row change the verdict. */
const enough = { toFall: 2, toRise: 2 }
/** After a pause of this length the verdict begins anew, because nobody has asked meanwhile. */
const staleMs = 30_000

/**
 * Whether an instance should get traffic, from findings that may be wrong once: one failed check takes no instance out,
 * and one that succeeds between failures brings none back. The first finding counts at once.
 */
export function createReadiness(now: () => number = () => performance.now()) {
  let ready = true
  let against = 0
  let askedAt = Number.NEGATIVE_INFINITY

  return {
    /** Adds a finding. @returns the verdict */
    find(isGood: boolean): boolean {
      const begins = now() - askedAt > staleMs
      askedAt = now()
      if (begins) ready = isGood
      against = begins || isGood === ready ? 0 : against + 1
      if (against >= (ready ? enough.toFall : enough.toRise)) {
        ready = isGood
        against = 0
      }
      return ready
    },
  }
}
