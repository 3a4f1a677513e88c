import type { Job } from '../../../contract/index.ts'
import type { Peers } from '../../ports/peers.ts'
import { presentBrief } from './jobs.present.ts'
import type { JobRow } from './jobs.queries.ts'

/** Between two words on one job: four a second at most. */
const gapMs = 250
/** That a job has ended is remembered for as long as word of what it was before may still be on its way. */
const rememberedMs = 60_000

export interface Updates {
  /** Says how a job stands, once that is committed; of several states in quick succession the last is said. */
  tell(row: JobRow): void
  /** A job was cancelled elsewhere, where that is said: what this instance knows of it is old. */
  forget(id: number): void
  /** Says what is still to be said. */
  stop(): void
}

const hasEnded = ({ completed_at }: Pick<Job, 'completed_at'>) => completed_at !== null
/** Only a job that an administrator lets go on stands like this. */
const goesOn = ({ status, attempts }: Pick<Job, 'status' | 'attempts'>) => status === 'queued' && attempts === 0

/**
 * Tells the sockets of all instances how jobs stand. A hint: who misses one asks `GET /batch/status`, and that a job has
 * ended stands in the event log too, as a notification to its owner. What comes from two instances comes in any order, so
 * after the end of a job nothing is said that was before it.
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

  /** Whether it is worth saying. */
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

  function say(row: JobRow) {
    const job = presentBrief(row)
    emit(job)
    peers.send('job', job)
    const timer = setTimeout(() => {
      const next = pauses.get(row.id)?.next
      pauses.delete(row.id)
      if (next) say(next)
    }, gapMs)
    timer.unref()
    pauses.set(row.id, { timer, next: null })
  }

  return {
    tell: row => {
      if (!isNews(row)) return
      const pause = pauses.get(row.id)
      if (pause) pause.next = row
      else say(row)
    },
    forget: end,
    stop: () => {
      for (const { timer, next } of pauses.values()) {
        clearTimeout(timer)
        if (next) say(next)
      }
      for (const { timer } of pauses.values()) clearTimeout(timer)
      for (const timer of ended.values()) clearTimeout(timer)
      pauses.clear()
      ended.clear()
    },
  }
}
