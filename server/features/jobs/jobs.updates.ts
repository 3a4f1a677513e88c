import type { Job } from '../../../contract/index.ts'
import type { Peers } from '../../ports/peers.ts'
import { presentBrief } from './jobs.present.ts'
import type { JobRow } from './jobs.queries.ts'

/** The shortest interval between two messages about one job: at most four per second. */
const gapMs = 250
/** How long the end of a job is remembered, because older messages about it may still arrive. */
const rememberedMs = 60_000

export interface Updates {
  /** Sends the state of a job, once it is committed; of several states in quick succession only the last one. */
  announce(row: JobRow): void
  /** The job was cancelled elsewhere and its end was announced there, so this instance's state of it is outdated. */
  forget(id: number): void
  /** Sends the states that still wait. */
  stop(): void
}

const hasEnded = ({ completed_at }: Pick<Job, 'completed_at'>) => completed_at !== null
/** Only a job that an administrator has resumed has this state. */
const goesOn = ({ status, attempts }: Pick<Job, 'status' | 'attempts'>) => status === 'queued' && attempts === 0

/**
 * Sends the state of jobs to the sockets of all instances. These are hints: a client that misses one calls `GET
 * /batch/status`, and the end of a job is in the event log too, as a notification to its owner. Messages of two
 * instances arrive in any order, so after the end of a job no earlier state is sent.
 *
 * @param emit reaches the sockets of this instance
 */
export function createUpdates({ peers, emit }: { peers: Peers; emit: (job: Job) => void }): Updates {
  const pauses = new Map<number, { timer: NodeJS.Timeout; next: JobRow | null }>()
  const ended = new Map<number, NodeJS.Timeout>()

  function end(id: number) {
    clearTimeout(ended.get(id))
    const timer = setTimeout(() => ended.delete(id), rememberedMs)
    timer.unref()
    ended.set(id, timer)
    const pause = pauses.get(id)
    if (pause?.next && !hasEnded(pause.next)) pause.next = null
  }

  /** Whether the state is newer than what was sent. */
  function isNews(job: Pick<Job, 'id' | 'status' | 'attempts' | 'completed_at'>): boolean {
    if (hasEnded(job)) end(job.id)
    else if (goesOn(job)) {
      clearTimeout(ended.get(job.id))
      ended.delete(job.id)
    }
    return hasEnded(job) || !ended.has(job.id)
  }

  peers.on('job', (job: Job) => {
    if (isNews(job)) emit(job)
  })

  function send(row: JobRow) {
    const job = presentBrief(row)
    emit(job)
    peers.send('job', job)
    const timer = setTimeout(() => {
      const next = pauses.get(row.id)?.next
      pauses.delete(row.id)
      if (next) send(next)
    }, gapMs)
    timer.unref()
    pauses.set(row.id, { timer, next: null })
  }

  return {
    announce: row => {
      if (!isNews(row)) return
      const pause = pauses.get(row.id)
      if (pause) pause.next = row
      else send(row)
    },
    forget: end,
    stop: () => {
      for (const { timer, next } of pauses.values()) {
        clearTimeout(timer)
        if (next) send(next)
      }
      for (const { timer } of pauses.values()) clearTimeout(timer)
      for (const timer of ended.values()) clearTimeout(timer)
      pauses.clear()
      ended.clear()
    },
  }
}
