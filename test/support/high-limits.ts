/** Rate limits that no test reaches by chance. They count all the same, and every answer has their headers. */
export const highLimits = { RATE_LIMIT_FREE: '1000000', RATE_LIMIT_PRO: '1000000', RATE_LIMIT_LOGIN: '100000' }
