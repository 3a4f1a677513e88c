export { createComments } from './comments.service.ts'
export { mentionPattern, unmentionSome } from './comments.erasing.ts'
export { commentsPersonal } from './comments.personal.ts'
