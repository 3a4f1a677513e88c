/**
 * Whether the long suite runs (`npm run test:long`): more seeds, more steps, every schedule of faults. It also runs the
 * files `*.long.test.ts`, which `npm test` leaves out unless they are named.
 */
export const isLong = process.env.TEST_LONG === '1'
