import { useEffect, useState } from 'react'
import type { Export } from '../../../../sdk/index.ts'
import { useSending } from '../../forms/use-sending.ts'
import { JobProgress } from '../../jobs/job-progress.tsx'
import { hasEnded } from '../../jobs/jobs.ts'
import { useJob } from '../../jobs/use-job.ts'
import { formatCount, formatMoment, formatSize } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Icon } from '../../ui/icon.tsx'
import { asked, type AuditFilters } from './audit-filters.tsx'

const formats = { csv: 'CSV', json: 'JSON' } as const

/** What is listed as a file, and whether somebody has tampered with the log. */
export function AuditTools({ filters }: { filters: AuditFilters }) {
  const { client, toasts } = usePage()
  const [begun, setBegun] = useState<Export | null>(null)
  const { errors, busy, send } = useSending([], { staysOpen: true })

  const begin = (format: keyof typeof formats) =>
    send(async () => setBegun(await client.audit.export({ format, ...asked(filters) })))

  const verify = () =>
    send(async () => {
      const { ok, checked, first_broken_id: broken } = await client.audit.verify()
      if (ok) toasts.say(`All ${formatCount(checked)} entries are as they were written`)
      else toasts.error(`Entry ${broken} was changed, or one before it was removed`)
    })

  return (
    <div className="audit-tools">
      {(Object.keys(formats) as (keyof typeof formats)[]).map(format => (
        <button key={format} type="button" className="button" aria-disabled={busy} onClick={() => void begin(format)}>
          Export as {formats[format]}
        </button>
      ))}
      <button type="button" className="button button-quiet" aria-disabled={busy} onClick={() => void verify()}>
        Check for tampering
      </button>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      {begun && <Progress key={begun.id} id={begun.id} />}
    </div>
  )
}

/** How far the file is, and then the file. */
function Progress({ id }: { id: number }) {
  const { client } = usePage()
  const job = useJob(id)
  const [file, setFile] = useState<Export | null>(null)
  const isOver = job !== undefined && hasEnded(job)

  useEffect(() => {
    if (!isOver) return
    const abort = new AbortController()
    client.exports.status({ id }, { signal: abort.signal }).then(
      answer => 'results' in answer || setFile(answer),
      // The progress says how the job ended; the file is also in the list of one's exports.
      () => {},
    )
    return () => abort.abort()
  }, [client, id, isOver])

  if (!file?.file_url) return job ? <JobProgress job={job} /> : <p className="hint">The export begins…</p>
  return (
    <p className="notice" aria-live="polite">
      <span>
        {formatCount(file.rows ?? 0)} {file.rows === 1 ? 'entry' : 'entries'}, {formatSize(file.file_size ?? 0)}
        {file.expires_at !== null && `, to be had until ${formatMoment(file.expires_at)}`}.{' '}
        <a href={file.file_url} download>
          <Icon name="download" /> Download the file
        </a>
      </span>
    </p>
  )
}
