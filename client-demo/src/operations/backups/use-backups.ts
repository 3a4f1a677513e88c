import { useCallback, useEffect, useState } from 'react'
import type { Backup, Job } from '../../../../sdk/index.ts'
import { hasEnded } from '../../jobs/jobs.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePages } from '../../live/use-pages.ts'
import { isUnfinished } from './words.ts'

const types = ['create_backup', 'restore_backup']
/** Beside the live news, which may be lost. */
const askAgainMs = 4_000

/** The backups of everybody, with the jobs that make them while they run. */
export function useBackups() {
  const { client, live } = usePage()
  const [jobs, setJobs] = useState<ReadonlyMap<number, Job>>(new Map())
  const read = useCallback(
    (cursor: string, signal: AbortSignal) => client.backups.list({ cursor, page_size: 50 }, { signal }),
    [client],
  )
  const pages = usePages<Backup>(read)
  const { reload } = pages

  useEffect(() => {
    const stops = [
      live.visit('admin', () => void reload()),
      live.onJob(job => {
        if (!types.includes(job.type)) return
        setJobs(known => new Map(known).set(job.id, job))
        if (hasEnded(job) || job.processed_items === 0) void reload()
      }),
    ]
    return () => stops.forEach(stop => stop())
  }, [live, reload])

  const isWaiting = pages.items.some(isUnfinished)
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(() => void reload(), askAgainMs)
    return () => clearInterval(timer)
  }, [isWaiting, reload])

  return { ...pages, jobOf: ({ job_id: id }: Backup) => (id === null ? undefined : jobs.get(id)) }
}
