import { useEffect, useEffectEvent } from 'react'
import type { Export, Job } from '../../../sdk/index.ts'
import { hasEnded } from '../jobs/jobs.ts'
import { useStore } from '../lib/store.ts'
import { usePage } from '../lib/use-page.ts'
import { findExport } from './list-exports.ts'

/**
 * The job of an export, which is told live. When it has ended, the export is asked for: no job tells of the file.
 *
 * @param onChange gets the export as it is then
 */
export function useExportJob(item: Export, onChange: (item: Export) => void): Job | undefined {
  const { client, jobs } = usePage()
  const job = useStore(jobs.store, state => state.jobs.get(item.id))
  const isOpen = !hasEnded(item)
  const isKnown = job !== undefined
  const changed = useEffectEvent(onChange)

  useEffect(() => {
    if (isOpen && !isKnown) void jobs.loadOne(item.id)
  }, [jobs, item.id, isOpen, isKnown])

  // A job that is told again is a new object: what could not be fetched is asked for again.
  useEffect(() => {
    if (!isOpen || !job || !hasEnded(job)) return
    let isWanted = true
    findExport(client, item.id).then(
      now => isWanted && changed(now),
      () => {},
    )
    return () => void (isWanted = false)
  }, [client, item.id, isOpen, job])

  return isOpen ? job : undefined
}
