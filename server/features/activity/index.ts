export { createActivity } from './activity.service.ts'
export { activityPersonal } from './activity.personal.ts'
