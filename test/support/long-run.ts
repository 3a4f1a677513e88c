/** `npm run test:long`: more seeds, more steps, and every file also on a database with PostgreSQL's own defaults. */
export const isLongRun = process.env.TEST_LONG === '1'
