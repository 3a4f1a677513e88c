/** The time this many seconds from now, as an ISO string. */
export const secondsFromNow = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
