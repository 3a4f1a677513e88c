export { notifiedOfMention } from './notifications.queries.ts'
export { createNotifications, type NotificationDeps } from './notifications.service.ts'
export type { Notice } from './notice.ts'
export { notify } from './notify.ts'
