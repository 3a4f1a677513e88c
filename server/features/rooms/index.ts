export { createEventLog, type RoomDeps } from './event-log.service.ts'
export { createPresence, type Presence, type PresenceChange } from './presence.ts'
export { admit, refusedRooms, rightsOf } from './rooms.policy.ts'
