import type { ReadingPace, UnreadBounds } from './kernel/unread.ts'
import type { Pace, ReceivingBounds, RequestBounds, StrangerPace } from './faces/rest/index.ts'
import type { PasswordCost } from './features/accounts/index.ts'
import type { JobType } from './features/jobs/index.ts'
import type { RoomSizes } from './features/rooms/index.ts'
import type { SendingTuning } from './features/webhooks/index.ts'

/**
 * Values that have one good setting in production and another one in tests, which cannot wait or must use little
 * memory.
 */
export interface Tuning {
  /** Events kept in memory for clients that reconnect; older events are read from the log. */
  recentEvents?: number
  /** False sends events through Socket.IO even where a finished frame could be written to the connection. */
  directFrames?: boolean
  /** From how many people on a room is large, below how many it is ordinary again, and how long it stays large. */
  roomSizes?: RoomSizes
  /** The interval between two comparisons of live sockets with the database. */
  sweepMs?: number
  /** The interval between two searches for tasks that are due soon. */
  dueSoonMs?: number
  /** The interval in which an instance looks for reasons for alerts, and how long one must be gone to be cleared. */
  alerts?: { everyMs: number; clearAfterMs: number }
  /** The interval in which an instance looks whether this minute's sample of the statistics is still to be taken. */
  sampleMs?: number
  /**
   * The time from the start to the first housekeeping. It is short, because a server on a laptop may never run for an
   * hour.
   */
  firstTidyMs?: number
  /** The interval between two runs of the housekeeping. */
  tidyMs?: number
  /** The time after which rate limits count anew, in seconds. */
  limitWindowSeconds?: number
  /** What hashing a password costs; every test makes people. */
  passwordCost?: PasswordCost
  /** The minimum speed of an upload. */
  pace?: Pace
  /** How many uploads are received at once, and how many wait. */
  receiving?: ReceivingBounds
  /** How many requests of one person, of one address and of all are answered at once. */
  requests?: RequestBounds
  /** How fast clients at one address that are not signed in may send requests. */
  strangerPace?: StrangerPace
  /** The minimum speed at which an answer must be read. */
  reading?: ReadingPace
  /** How many bytes may be unread at once. */
  unread?: UnreadBounds
  /** The interval at which an instance looks whether the data are being replaced. */
  maintenanceLookMs?: number
  /** The interval in which new entries of the audit log are linked, and refused sign-ins are written. */
  sealMs?: number
  /** The interval at which an instance looks whether it is time for a scheduled backup. */
  backupScheduleMs?: number
  /** The interval at which what was called with API keys is stored. */
  keyUsageMs?: number
  /** The time before a failed job is tried again. */
  jobBackoffMs?: number
  /** How often webhooks look for something to do, and how long they wait. */
  webhooks?: SendingTuning
  /** Further types of jobs. */
  jobTypes?: readonly JobType[]
}
