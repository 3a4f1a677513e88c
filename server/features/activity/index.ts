export { createActivity } from './activity.service.ts'
