import type { JobDeps } from './jobs.deps.ts'
import { dropFinished, listUnfinished } from './jobs.queries.ts'

const everyMs = 30_000
const batch = 500
/** How long finished jobs are kept. */
const keptDays = 30

/**
 * The safety net under the queue. An unfinished job without an entry in the queue would wait for ever, so it gets a new
 * entry. This happens when a worker was frozen for long and then ended an entry that belonged to another worker by
 * then.
 */
export function createUpkeep({ database, queue, log }: Pick<JobDeps, 'database' | 'queue' | 'log'>) {
  let timer: NodeJS.Timeout | undefined

  async function addMissing() {
    for (let last = 0; ;) {
      const jobs = await listUnfinished(database, last, batch)
      const known = await queue.known(
        database,
        jobs.map(({ id }) => id),
      )
      for (const job of jobs.filter(({ id }) => !known.has(id))) {
        log.warn({ job_id: job.id }, 'a job had no entry in the queue and got a new one')
        await queue.add(database, job)
      }
      if (jobs.length < batch) return
      last = jobs.at(-1)!.id
    }
  }
  const check = () =>
    void addMissing().catch(error => log.debug({ err: error }, 'unfinished jobs could not be checked'))

  return {
    start: () => {
      check()
      timer = setInterval(check, everyMs)
      timer.unref()
    },
    stop: () => clearInterval(timer),
    cleanUp: async () => void (await dropFinished(database, keptDays)),
  }
}
