import { taskStatuses, type TaskStatus } from '../../../sdk/index.ts'
import { formatCount } from '../lib/format.ts'
import { statusNames } from '../lib/vocabulary.ts'

/** How many tasks have each status: as a bar for the eye, and as a list for everybody. */
export function StatusBar({ counts }: { counts: Record<TaskStatus, number> }) {
  return (
    <div className="status-bar">
      <div className="status-bar-parts" aria-hidden="true">
        {taskStatuses.map(status => (
          <i key={status} data-status={status} style={{ flexGrow: counts[status] }} />
        ))}
      </div>
      <ul aria-label="Tasks by status">
        {taskStatuses.map(status => (
          <li key={status}>
            <i data-status={status} aria-hidden="true" />
            {statusNames[status]} <b>{formatCount(counts[status])}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}
