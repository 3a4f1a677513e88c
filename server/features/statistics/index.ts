export { createStatistics } from './statistics.service.ts'
export { carryStatistics } from './statistics.restored.ts'
