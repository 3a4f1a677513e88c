import type { LiveStatus as Status } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'

const words: Record<Status, string> = {
  live: 'Live',
  paged: 'Live connection is blocked: updates every few seconds',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
}

export function LiveStatus() {
  const status = useStore(usePage().live.status, now => now)
  return (
    <span className={`live-status is-${status}`}>
      <i aria-hidden="true" />
      <span role="status">{words[status]}</span>
    </span>
  )
}

/** The line under the bar: whole while live, broken while it is not. */
export function Wire() {
  const status = useStore(usePage().live.status, now => now)
  return <div className={`wire is-${status}`} aria-hidden="true" />
}
