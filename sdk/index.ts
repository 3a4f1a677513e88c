export { isBrowser } from './browser.ts'
export type { Call, CallInput, CallOptions } from './call.ts'
export { applyCommentEvent, noComments, removeComment, upsertComments, type CommentStore } from './comment-store.ts'
export { emptyCollection, keepAll, letGo, type Collection, type Kept } from './collection.ts'
export { createClient, type ClientOptions, type TaskwireClient } from './client.ts'
export {
  addOlder,
  applyInboxEvent,
  emptyInbox,
  inboxOf,
  markRead,
  newestFirst,
  unreadCount,
  type Inbox,
} from './inbox.ts'
export type { LiveEvent, Logged } from './live-event.ts'
export { applyMediaEvent } from './media-store.ts'
export { earliest, positionOf, type Position } from './position.ts'
export { applyPostEvent } from './post-store.ts'
export { nobody, reducePresence, type Presence, type PresenceChange } from './presence.ts'
export { randomId } from './random-id.ts'
export type { Realtime, RealtimeOptions } from './realtime.ts'
export type { Credentials } from './session.ts'
export { emptyStream, joined, received, resumeFrom, type Joined, type StreamState } from './stream.ts'
export { applyTaskEvent, emptyTaskStore, removeTask, upsertTasks, type TaskStore } from './task-store.ts'
export { TaskwireError, isTaskwireError, type TaskwireErrorCode } from './taskwire-error.ts'
export type { UploadProgress } from './form.ts'
export type { ImportTasks, ImportTasksOptions } from './import.ts'
export type { Upload, UploadOptions } from './upload.ts'
export { isInStep, type LiveStatus } from './verdict.ts'
export { applyVideoEvent } from './video-store.ts'
export * from '../contract/index.ts'
