export { createStatistics } from './statistics.service.ts'
