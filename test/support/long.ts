/** Whether the long suite runs (`npm run test:long`): more seeds, more steps, every schedule of faults. */
export const isLong = process.env.TEST_LONG === '1'
