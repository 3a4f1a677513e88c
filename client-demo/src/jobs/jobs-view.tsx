import { useEffect } from 'react'
import { linkTo } from '../lib/base-path.ts'
import type { Job } from '../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { leaveTo } from '../lib/router.ts'
import { useStore } from '../lib/store.ts'
import { useTitle } from '../lib/titles.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { JobProgress } from './job-progress.tsx'
import { JobResult } from './job-result.tsx'
import { hasEnded } from './jobs.ts'
import { useJob } from './use-job.ts'
import { nameOf } from './words.ts'

/** One's own jobs: those that run, live, and those that have ended. @param id one that is looked at closely */
export function JobsView({ id }: { id: number | null }) {
  const { jobs } = usePage()
  const state = useStore(jobs.store, now => now)
  const all = [...state.jobs.values()].toSorted((a, b) => b.id - a.id)
  useEffect(() => void jobs.load(), [jobs])
  return (
    <div className="settings">
      <header className="settings-head">
        <div>
          <h1>Jobs</h1>
          <p>What goes on after you have asked for it</p>
        </div>
      </header>
      <section className="panel" aria-label="Your jobs">
        <ErrorNotice>{state.error}</ErrorNotice>
        {state.next === undefined && state.error === null && <p className="hint">Loading…</p>}
        {state.next !== undefined && all.length === 0 && <p className="hint">You have asked for none yet.</p>}
        {all.length > 0 && (
          <ul className="jobs">
            {all.map(job => (
              <JobRow key={job.id} job={job} />
            ))}
          </ul>
        )}
      </section>
      {id !== null && <JobDialog key={id} id={id} />}
    </div>
  )
}

function JobRow({ job }: { job: Job }) {
  const { jobs } = usePage()
  return (
    <li>
      <div>
        <a href={linkTo(`/jobs/${job.id}`)}>{nameOf(job)}</a>
        <JobProgress job={job} />
      </div>
      <time dateTime={job.created_at} title={formatMoment(job.created_at)}>
        {formatAgo(job.created_at)}
      </time>
      {!hasEnded(job) && (
        <button type="button" className="button" onClick={() => void jobs.cancel(job.id)}>
          Cancel
        </button>
      )}
    </li>
  )
}

function JobDialog({ id }: { id: number }) {
  const { jobs } = usePage()
  const job = useJob(id)
  useTitle(job ? nameOf(job) : null, { isOver: true })
  const close = () => leaveTo('/jobs')
  return (
    <Modal title={job ? nameOf(job) : 'Job'} className="job-dialog" hasAddress onClose={close}>
      <div className="modal-body">
        {job ? (
          <>
            <JobProgress job={job} />
            <JobResult job={job} />
          </>
        ) : (
          <p className="hint">
            Looking for this job. If it does not show soon, it was removed, or it is somebody else’s.
          </p>
        )}
      </div>
      <footer className="modal-foot">
        <span className="bar-space" />
        {job && !hasEnded(job) && (
          <button type="button" className="button button-quiet" onClick={() => void jobs.cancel(id)}>
            Stop it
          </button>
        )}
        <button type="button" className="button" data-first onClick={close}>
          All jobs
        </button>
      </footer>
    </Modal>
  )
}
