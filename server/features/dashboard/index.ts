export { analyticsExport } from './analytics.export.ts'
export { createDashboard } from './dashboard.service.ts'
