import { useEffect } from 'react'
import type { Job } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'

const settleMs = 500

/** A job as it stands, with its lists: what is told live is without them, so they are asked for when it gets on. */
export function useJob(id: number | null): Job | undefined {
  const { jobs } = usePage()
  const job = useStore(jobs.store, state => (id === null ? undefined : state.jobs.get(id)))
  const stands = job && `${job.status} ${job.processed_items}`
  useEffect(() => {
    if (id === null) return
    const timer = setTimeout(() => void jobs.loadOne(id), stands === undefined ? 0 : settleMs)
    return () => clearTimeout(timer)
  }, [jobs, id, stands])
  return job
}
