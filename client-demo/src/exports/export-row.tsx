import type { Export } from '../../../sdk/index.ts'
import { JobProgress } from '../jobs/job-progress.tsx'
import { hasEnded } from '../jobs/jobs.ts'
import { statusNames } from '../jobs/words.ts'
import { formErrors } from '../lib/form-errors.ts'
import { formatAgo, formatCount, formatMoment, formatSize } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { Icon } from '../ui/icon.tsx'
import { startDownload } from '../ui/start-download.ts'
import { findExport } from './list-exports.ts'
import { useExportJob } from './use-export-job.ts'
import { exportName } from './words.ts'
import '../styles/exports.css'

interface Props {
  item: Export
  onChange: (item: Export) => void
}

/** An export: how far it is, and its file when there is one. */
export function ExportRow({ item, onChange }: Props) {
  const { jobs } = usePage()
  const job = useExportJob(item, onChange)
  const name = exportName(item)
  const at = formatMoment(item.created_at)
  return (
    <li>
      <div>
        <b>{name}</b>
        {Object.keys(item.filters).length > 0 && <span className="tag">Filtered</span>}
        <State item={item} />
        {!hasEnded(item) && (job ? <JobProgress job={job} name={name} /> : <p>{statusNames[item.status]}</p>)}
        <small>
          Asked for{' '}
          <time dateTime={item.created_at} title={at}>
            {formatAgo(item.created_at)}
          </time>
        </small>
      </div>
      {item.file_url !== null && <Download item={item} url={item.file_url} onChange={onChange} />}
      {!hasEnded(item) && (
        <button type="button" className="button button-quiet" onClick={() => void jobs.cancel(item.id)}>
          Cancel<span className="visually-hidden"> {name}</span>
        </button>
      )}
    </li>
  )
}

/** What has become of one that has ended. */
function State({ item: { status, error, file_url, file_size, rows, expires_at } }: { item: Export }) {
  switch (status) {
    case 'queued':
    case 'running':
      return null
    case 'cancelled':
      return <p>{statusNames.cancelled}</p>
    case 'failed':
      return <p className="field-error">Failed: {error ?? 'the reason is not known'}</p>
    case 'completed':
      if (file_url === null) return <p>The file is no longer kept</p>
      return (
        <p>
          {[
            rows !== null && `${formatCount(rows)} ${rows === 1 ? 'entry' : 'entries'}`,
            file_size !== null && formatSize(file_size),
            expires_at !== null && `kept until ${formatMoment(expires_at)}`,
          ]
            .filter(part => part !== false)
            .join(', ')}
        </p>
      )
    default:
      return status satisfies never
  }
}

function Download({ item, url, onChange }: Props & { url: string }) {
  const { client, toasts } = usePage()

  /** Asks first: the cookie that speaks for the file may have to be renewed, and the file may have gone. */
  async function download() {
    try {
      const now = await findExport(client, item.id)
      onChange(now)
      if (now.file_url === null) toasts.error('The file is no longer kept. Ask for it once more.')
      else startDownload(now.file_url)
    } catch (error) {
      toasts.error(`Not downloaded: ${formErrors(error, []).whole}`)
    }
  }

  return (
    <a
      className="button"
      href={url}
      download
      onClick={event => {
        event.preventDefault()
        void download()
      }}
    >
      <Icon name="download" />
      <span>
        Download
        <span className="visually-hidden">
          {' '}
          {exportName(item)}, {formatMoment(item.created_at)}
        </span>
      </span>
    </a>
  )
}
