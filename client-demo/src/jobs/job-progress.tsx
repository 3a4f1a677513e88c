import type { Job } from '../../../sdk/index.ts'
import { formatCount } from '../lib/format.ts'
import { hasEnded } from './jobs.ts'
import { nameOf, statusNames } from './words.ts'

interface Props {
  job: Job
  /** What it is called, where several of a kind may run. */
  name?: string
}

/** How far a job is, as a bar and in words. */
export function JobProgress({ job, name = nameOf(job) }: Props) {
  const { total_items: total, processed_items: processed, failed_items: failed } = job
  return (
    <div className="job-progress">
      {!hasEnded(job) && (
        <progress
          aria-label={`Progress: ${name}`}
          {...(total !== null && { max: Math.max(1, total), value: processed })}
        />
      )}
      <p>
        {statusNames[job.status]}
        {processed > 0 && `: ${formatCount(processed)}${total === null ? '' : ` of ${formatCount(total)}`}`}
        {failed > 0 && `, ${formatCount(failed)} failed`}
      </p>
      {job.error !== null && <p className="field-error">{job.error}</p>}
    </div>
  )
}
