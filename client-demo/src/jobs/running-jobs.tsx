import { linkTo } from '../lib/base-path.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { hasEnded } from './jobs.ts'
import { nameOf } from './words.ts'

/** While something of one's own is running, how far it is; it leads to where it can be stopped. */
export function RunningJobs() {
  const all = useStore(usePage().jobs.store, state => state.jobs)
  const running = [...all.values()].filter(job => !hasEnded(job))
  const [first] = running
  if (!first) return null
  const total = running.reduce((sum, { total_items }) => sum + (total_items ?? 0), 0)
  const processed = running.reduce((sum, { processed_items }) => sum + processed_items, 0)
  const share = total > 0 ? `${Math.floor((100 * Math.min(processed, total)) / total)} %` : '…'
  const name = running.length === 1 ? nameOf(first) : `${running.length} jobs`
  return (
    <a className="running-jobs" href={linkTo('/jobs')} aria-label={`${name}: ${share}`}>
      <span>{name}</span>
      <b>{share}</b>
    </a>
  )
}
