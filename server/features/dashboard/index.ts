export { createDashboard } from './dashboard.service.ts'
