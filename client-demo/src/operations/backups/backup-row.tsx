import type { Backup, Job } from '../../../../sdk/index.ts'
import { JobProgress } from '../../jobs/job-progress.tsx'
import { formatAgo, formatMoment, formatSize } from '../../lib/format.ts'
import { isUnfinished, nameOf, typeNames } from './words.ts'

interface BackupRowProps {
  backup: Backup
  job: Job | undefined
  onRestore: () => void
  onCancel: () => void
}

export function BackupRow({ backup, job, onRestore, onCancel }: BackupRowProps) {
  const { type, status, size, created_at: at, error, is_scheduled: isScheduled } = backup
  return (
    <li>
      <div>
        <b>{typeNames[type]}</b>
        {isScheduled && <span className="tag">By schedule</span>}
        {status === 'failed' && <span className="tag tag-danger">Failed</span>}
        {isUnfinished(backup) && (job ? <JobProgress job={job} /> : <p className="hint">Waiting for its turn</p>)}
        {error !== null && <p className="field-error">{error}</p>}
        <small>
          <time dateTime={at} title={formatAgo(at)}>
            {formatMoment(at)}
          </time>
          {size !== null && `, ${formatSize(size)}`}
        </small>
      </div>
      {status === 'completed' && (
        <button
          type="button"
          className="button button-quiet"
          aria-label={`Put back: ${nameOf(backup)}`}
          onClick={onRestore}
        >
          Put back
        </button>
      )}
      {isUnfinished(backup) && backup.job_id !== null && (
        <button
          type="button"
          className="button button-quiet"
          aria-label={`Cancel: ${nameOf(backup)}`}
          onClick={onCancel}
        >
          Cancel
        </button>
      )}
    </li>
  )
}
