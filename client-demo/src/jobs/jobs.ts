import type { Job, TaskwireClient } from '../../../sdk/index.ts'
import { formErrors } from '../form-errors.ts'
import { createStore } from '../store.ts'
import type { Toasts } from '../ui/toasts.ts'

export interface JobsState {
  jobs: ReadonlyMap<number, Job>
  isLoaded: boolean
  error: string | null
}

const shownAtMost = 50

export const hasEnded = ({ status }: Job) => status !== 'queued' && status !== 'running'

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

/** One's own jobs, as they stand. */
export function createJobs({ client, toasts, me }: { client: TaskwireClient; toasts: Toasts; me: number }) {
  const store = createStore<JobsState>({ jobs: new Map(), isLoaded: false, error: null })

  const put = (jobs: ReadonlyMap<number, Job>, job: Job) => new Map(jobs).set(job.id, withLists(job, jobs.get(job.id)))

  function take(given: readonly Job[]) {
    store.set(state => {
      let { jobs } = state
      for (const job of given) {
        if (job.created_by === me && isNews(job, jobs.get(job.id))) jobs = put(jobs, job)
      }
      return { ...state, jobs: new Map([...jobs].toSorted(([a], [b]) => b - a).slice(0, shownAtMost)) }
    })
  }

  return {
    store,
    take,
    apply: (job: Job) => take([job]),
    async load() {
      try {
        const answer = await client.jobs.status({ page_size: shownAtMost })
        if ('results' in answer) take(answer.results)
        store.set(state => ({ ...state, isLoaded: true, error: null }))
      } catch (error) {
        store.set(state => ({ ...state, error: formErrors(error, []).whole }))
      }
    },
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
