import type { CallInput, Job, operations, TaskwireClient } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { createPages, unloaded, type Paging } from '../live/pages.ts'
import { createStore } from '../lib/store.ts'
import type { Toasts } from '../ui/toasts.ts'

export interface JobsState extends Paging {
  jobs: ReadonlyMap<number, Job>
}

const shownAtMost = 50

export const hasEnded = ({ status }: Pick<Job, 'status'>) => status !== 'queued' && status !== 'running'

/** What is told may be older than what is known: up to the end of a job everything grows. One that failed may go on. */
export function isNews(job: Job, known: Job | undefined): boolean {
  if (!known) return true
  if (hasEnded(known) !== hasEnded(job)) return hasEnded(job) || known.status === 'failed'
  return job.processed_items >= known.processed_items
}

/** Told without its lists; those that are known stay until they are asked for again. */
const withLists = (job: Job, known: Job | undefined): Job => ({
  ...job,
  result: job.result === null ? (known?.result ?? null) : { ...known?.result, ...job.result },
})

type Asked = CallInput<(typeof operations)['jobs']['status']>

/** Without an id the answer is a list. */
export const listJobs = async (client: TaskwireClient, asked: Omit<Asked, 'id'>, signal: AbortSignal) =>
  (await client.jobs.status(asked, { signal })) as { results: Job[]; next: string | null }

/** One's own jobs, as they stand. */
export function createJobs({ client, toasts, me }: { client: TaskwireClient; toasts: Toasts; me: number }) {
  const store = createStore<JobsState>({ ...unloaded, jobs: new Map() })

  const put = (jobs: ReadonlyMap<number, Job>, job: Job) => new Map(jobs).set(job.id, withLists(job, jobs.get(job.id)))

  function withNews({ jobs }: JobsState, given: readonly Job[]) {
    for (const job of given) {
      if (job.created_by === me && isNews(job, jobs.get(job.id))) jobs = put(jobs, job)
    }
    return { jobs: new Map([...jobs].toSorted(([a], [b]) => b - a).slice(0, shownAtMost)) }
  }

  const pages = createPages({
    store,
    fetchPage: (cursor, signal) => listJobs(client, { cursor, page_size: shownAtMost }, signal),
    begin: (state: JobsState, { results }) => withNews(state, results),
    add: (state: JobsState, { results }) => withNews(state, results),
  })

  const take = (given: readonly Job[]) => store.set(state => ({ ...state, ...withNews(state, given) }))

  return {
    store,
    take,
    apply: (job: Job) => take([job]),
    load: () => pages.reload(),
    /** With its lists. */
    async loadOne(id: number) {
      try {
        const answer = await client.jobs.status({ id })
        if (!('results' in answer)) take([answer])
      } catch {
        // Told again when it gets on, or asked for by whoever looks next.
      }
    },
    async cancel(id: number) {
      try {
        take([await client.jobs.cancel({ id })])
      } catch (error) {
        toasts.error(`Not cancelled: ${formErrors(error, []).whole}`)
      }
    },
  }
}
export type Jobs = ReturnType<typeof createJobs>

declare module '../lib/page.ts' {
  interface Page {
    jobs: Jobs
  }
}
