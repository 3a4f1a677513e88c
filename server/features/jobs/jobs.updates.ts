import type { Job } from '../../../contract/index.ts'
import type { Peers } from '../../kernel/peers.ts'
import { presentBrief } from './jobs.present.ts'
import type { JobRow } from './jobs.queries.ts'

/** Between two words on one job: four a second at most. */
const gapMs = 250

export interface Updates {
  /** Says how a job stands, once that is committed; of several states in quick succession the last is said. */
  tell(row: JobRow): void
  /** Says what is still to be said. */
  stop(): void
}

/**
 * Tells the sockets of all instances how jobs stand. A hint: who misses one asks `GET /batch/status`, and that a job has
 * ended stands in the event log too, as a notification to its owner.
 *
 * @param emit reaches the sockets of this instance
 */
export function createUpdates({ peers, emit }: { peers: Peers; emit: (job: Job) => void }): Updates {
  const pauses = new Map<number, { timer: NodeJS.Timeout; next: JobRow | null }>()

  peers.on('job', emit)

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
      const pause = pauses.get(row.id)
      if (pause) pause.next = row
      else say(row)
    },
    stop: () => {
      for (const { timer, next } of pauses.values()) {
        clearTimeout(timer)
        if (next) say(next)
      }
      for (const { timer } of pauses.values()) clearTimeout(timer)
      pauses.clear()
    },
  }
}
