import { setTimeout as sleep } from 'node:timers/promises'
import type { JobType } from './job-type.ts'
import { createEnding } from './jobs.ending.ts'
import { createAssertRoom, createEnqueue } from './jobs.enqueue.ts'
import { listInputs, measureQueue } from './jobs.queries.ts'
import { createJobService } from './jobs.service.ts'
import { createUpdates } from './jobs.updates.ts'
import { createUpkeep } from './jobs.upkeep.ts'
import { createWorker } from './jobs.work.ts'
import type { JobDeps, Jobs } from './jobs.deps.ts'

export { cancelJobsOf, deleteJobsOf, hasUnfinished, inputsOfPerson } from './jobs.queries.ts'
export { jobsPersonal } from './jobs.personal.ts'
export type { JobDeps, Jobs, NewJob } from './jobs.deps.ts'
export type { JobType, Progress, Work } from './job-type.ts'
export { findUnfinishedOf } from './jobs.queries.ts'
export { carryJobs, isNotedRestored, noteRestored } from './jobs.restored.ts'

/**
 * How long to wait for a running step, or for a handler that ignores the signal. When the process ends, its jobs are
 * free anyway.
 */
const patience = () => sleep(8_000, undefined, { ref: false })

/**
 * Work that outlives its request and the process that began it. A feature registers a type (`JobType`) and enqueues
 * jobs of it. Attempts, progress, cancelling and notifying the owner are handled here.
 */
export function createJobs(deps: JobDeps): Jobs {
  const types = new Map<string, JobType>()
  const { database, queue, peers, log, backoffMs = 1_000 } = deps
  const updates = createUpdates(deps)
  const ending = createEnding({ types, updates, log })
  const worker = createWorker({ ...deps, types, updates, ending, backoffMs })
  const service = createJobService({ ...deps, updates, ending })
  const upkeep = createUpkeep({ database, queue, log })

  peers.on('job_cancelled', (id: number) => {
    worker.abort(id)
    updates.forget(id)
  })

  return {
    jobs: {
      ...service,
      cancel: async (scope, input) => {
        const job = await service.cancel(scope, input)
        worker.abort(job.id)
        peers.send('job_cancelled', job.id)
        return job
      },
    },
    register: type => void types.set(type.type, type as unknown as JobType),
    enqueue: createEnqueue({ types, queue }),
    assertRoom: createAssertRoom({ types }, database),
    inputsOf: (type, failed) => listInputs(database, type, failed),
    start: async () => {
      await queue.start([...types.keys()], worker.work)
      upkeep.start()
    },
    stop: async () => {
      upkeep.stop()
      worker.drain()
      await Promise.race([queue.stop(), patience()])
      updates.stop()
    },
    cleanUp: upkeep.cleanUp,
    measure: async db => ({
      ...(await measureQueue(db)),
      untaken: await queue.check(db),
      working: worker.size,
      listening: queue.listening,
    }),
  }
}

/** For processes that run no jobs: commands of the operator. */
export const noJobs: Pick<Jobs, 'register' | 'enqueue'> = {
  register: () => {},
  enqueue: () => Promise.reject(new Error('there are no jobs here')),
}
