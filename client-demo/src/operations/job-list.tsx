import { useCallback, useEffect, useEffectEvent } from 'react'
import { isTaskwireError, type Job } from '../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { JobProgress } from '../jobs/job-progress.tsx'
import { hasEnded, isNews, listJobs } from '../jobs/jobs.ts'
import { nameOf, statusNames } from '../jobs/words.ts'
import { addressFilters, oneOf } from '../filters/address-filters.ts'
import { useTypedFilters } from '../filters/use-filters.ts'
import { usePages } from '../live/use-pages.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonName } from '../people/avatar.tsx'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ListEnd } from '../ui/list-end.tsx'

const jobFilters = addressFilters({ status: oneOf('status', Object.keys(statusNames) as Job['status'][], '') })

/** Everybody’s jobs, those that were given up too: they can be sent on their way again. */
export function JobList() {
  const { client, live, toasts } = usePage()
  const [{ status }, setStatus] = useTypedFilters(jobFilters)
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      listJobs(client, { cursor, page_size: 50, ...(status !== '' && { status: [status] }) }, signal),
    [client, status],
  )
  const pages = usePages<Job>(read)
  const { replace, reload } = pages
  const put = useEffectEvent((job: Job) => {
    if (pages.items.some(({ id }) => id === job.id)) replace(now => (now.id === job.id && isNews(job, now) ? job : now))
    else if (status === '' || status === job.status) void reload()
  })
  useEffect(() => live.onJob(put), [live])
  // There one is told of everybody's jobs.
  useEffect(() => live.visit('admin', () => void reload()), [live, reload])

  async function run(work: () => Promise<Job>) {
    try {
      const job = await work()
      replace(now => (now.id === job.id ? job : now))
    } catch (error) {
      toasts.error(isTaskwireError(error) ? error.message : 'Something went wrong')
    }
  }

  return (
    <section className="panel" aria-label="Jobs" aria-busy={pages.end.loading}>
      <ChoiceField
        label="Status"
        names={{ '': 'Any', ...statusNames }}
        value={status}
        onChange={chosen => setStatus({ status: chosen })}
      />
      <ul className="all-jobs">
        {pages.items.map(job => (
          <li key={job.id}>
            <div>
              <b>{nameOf(job)}</b> for <PersonName id={job.created_by} />
              {job.status === 'failed' && <span className="tag tag-danger">{statusNames.failed}</span>}
              <JobProgress job={job} />
              <small>
                Begun{' '}
                <time dateTime={job.created_at} title={formatMoment(job.created_at)}>
                  {formatAgo(job.created_at)}
                </time>
              </small>
            </div>
            {!hasEnded(job) && (
              <button
                type="button"
                className="button button-quiet"
                onClick={() => void run(() => client.jobs.cancel({ id: job.id }))}
              >
                Cancel
              </button>
            )}
            {job.status === 'failed' && (
              <button
                type="button"
                className="button"
                onClick={() => void run(() => client.jobs.retry({ id: job.id }))}
              >
                Try again
              </button>
            )}
          </li>
        ))}
      </ul>
      <ListEnd {...pages.end}>No job is like that.</ListEnd>
    </section>
  )
}
