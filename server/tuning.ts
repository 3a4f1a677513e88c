import type { ReadingPace, UnreadBounds } from './kernel/unread.ts'
import type { Pace, ReceivingBounds, RequestBounds, StrangerPace } from './faces/rest/index.ts'
import type { JobType } from './features/jobs/index.ts'

/** What has one good value in production, and another where a test cannot wait or wants little in memory. */
export interface Tuning {
  /** Events kept in memory for clients that come back; what they missed before those is read from the log. */
  recentEvents?: number
  /** Between two comparisons of live sockets with the database. */
  sweepMs?: number
  /** Between two looks for tasks that are due soon. */
  dueSoonMs?: number
  /** From the start to the first housekeeping: short, since a server on a laptop may never run for an hour. */
  firstTidyMs?: number
  /** How slowly an upload may come. */
  pace?: Pace
  /** How many uploads are received at once, and wait. */
  receiving?: ReceivingBounds
  /** How many requests of one person, of one address and of all are answered at once. */
  requests?: RequestBounds
  /** How fast strangers at one address may ask. */
  strangerPace?: StrangerPace
  /** How slowly an answer may be read. */
  reading?: ReadingPace
  /** How much may be unread at once. */
  unread?: UnreadBounds
  /** Before a job that failed is tried again. */
  jobBackoffMs?: number
  /** Further types of jobs. */
  jobTypes?: readonly JobType[]
}
