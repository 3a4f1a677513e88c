export { toldOfMention } from './notifications.queries.ts'
export { createNotifications, type NotificationDeps } from './notifications.service.ts'
export { notify, type Notice } from './notify.ts'
