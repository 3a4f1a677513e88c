/**
 * Whether the long suite runs (`npm run test:long`): more seeds, more steps, every schedule of faults. It also runs the
 * files `*.long.test.ts`, which `npm test` leaves out unless they are named.
 */
export const isLong = process.env.TEST_LONG === '1'

/** The cases of a generated test: all of them in the long suite, else the first ones. */
export const someOf = <T>(cases: readonly T[], count = 1): readonly T[] => (isLong ? cases : cases.slice(0, count))
