export { isBrowser } from './client/browser.ts'
export type { Call, CallInput, CallOptions } from './http/call.ts'
export type { Collection, Kept } from './state/collection.ts'
export { liveCollection, type Item, type LiveCollection, type LiveKind } from './state/live-collections.ts'
export { createClient, type ClientOptions, type TaskwireClient } from './client/client.ts'
export {
  addOlder,
  applyInboxEvent,
  emptyInbox,
  inboxOf,
  markRead,
  newestFirst,
  unreadCount,
  type Inbox,
} from './state/inbox.ts'
export type { LiveEvent, Logged, PublishedEvent } from './realtime/live-event.ts'
export { earliest, positionOf, type Position } from './realtime/position.ts'
export { nobody, reducePresence, type Presence, type PresenceChange, type RoomPresence } from './state/presence.ts'
export { randomId } from './client/random-id.ts'
export type { Realtime, RealtimeOptions } from './realtime/realtime.ts'
export type { Credentials } from './client/session.ts'
export { emptyStream, joined, received, resumeFrom, type Joined, type StreamState } from './realtime/stream.ts'
export {
  TaskwireError,
  isTaskwireError,
  secondFactorChallenge,
  type TaskwireErrorCode,
} from './client/taskwire-error.ts'
export type { UploadProgress } from './http/form.ts'
export type { ImportTasks, ImportTasksOptions } from './http/import.ts'
export type { Upload, UploadOptions } from './http/upload.ts'
export { isInStep, type LiveStatus } from './realtime/disconnect-policy.ts'
export * from '../contract/index.ts'
