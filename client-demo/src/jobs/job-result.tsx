import type { Job } from '../../../sdk/index.ts'
import { linkTo } from '../lib/base-path.ts'
import { formatCount } from '../lib/format.ts'
import { PersonName } from '../people/avatar.tsx'

interface Outcome {
  url: string
  status: string
  message?: string
}
interface Refused {
  user_id: number
  message: string
}
interface Loss {
  kind: string
  count: number
  tasks: number
}
interface Remark {
  line: number
  field: string
  message: string
}

/** What a result holds, if it is one of a kind that is known here. */
const listIn = <T,>(job: Job, name: string): T[] => {
  const value = job.result?.[name]
  return Array.isArray(value) ? (value as T[]) : []
}
const numberIn = (job: Job, name: string) => (typeof job.result?.[name] === 'number' ? job.result[name] : 0)

const outcomeNames: Record<string, string> = { imported: 'Imported', duplicate: 'There already', failed: 'Failed' }

/** What became of each item. */
export function JobResult({ job }: { job: Job }) {
  const outcomes = listIn<Outcome>(job, 'items')
  const errors = listIn<Remark>(job, 'errors')
  const warnings = listIn<Remark>(job, 'warnings')
  const refused = listIn<Refused>(job, 'failed')
  const losses = listIn<Loss>(job, 'left_out')
  return (
    <div className="job-result">
      {job.type === 'export' && job.status === 'completed' && (
        <p>
          The file is in <a href={linkTo('/settings/exports')}>your exports</a> until it expires.
        </p>
      )}
      {job.type === 'import_tasks' && job.result !== null && (
        <p>
          {formatCount(numberIn(job, 'created'))} {numberIn(job, 'created') === 1 ? 'task' : 'tasks'}
          {job.result.dry_run === true ? ' would be made; nothing was changed' : ' made'}
        </p>
      )}
      {outcomes.length > 0 && (
        <ul aria-label="What became of each address">
          {outcomes.map(({ url, status, message }, at) => (
            <li key={at} className={status === 'failed' ? 'is-failed' : undefined}>
              <span>{url}</span>
              <small>
                {outcomeNames[status] ?? status}
                {message !== undefined && `: ${message}`}
              </small>
            </li>
          ))}
        </ul>
      )}
      {refused.length > 0 && (
        <ul aria-label="Not done">
          {refused.map(({ user_id, message }) => (
            <li key={user_id} className="is-failed">
              <span>
                <PersonName id={user_id} />
              </span>
              <small>{message}</small>
            </li>
          ))}
        </ul>
      )}
      <Remarks name="Rows that were left out" remarks={errors} count={numberIn(job, 'error_count')} isFailed />
      <Losses losses={losses} />
      <Remarks name="Remarks on rows" remarks={warnings} count={numberIn(job, 'warning_count')} />
    </div>
  )
}

/** What the file has and tasks do not. */
function Losses({ losses }: { losses: readonly Loss[] }) {
  if (losses.length === 0) return null
  const name = 'Left out, because tasks do not have it'
  return (
    <>
      <h3>{name}</h3>
      <ul aria-label={name}>
        {losses.map(({ kind, count, tasks }) => (
          <li key={kind}>
            <span>{kind}</span>
            <small>
              {formatCount(count)} in {formatCount(tasks)} {tasks === 1 ? 'task' : 'tasks'}
            </small>
          </li>
        ))}
      </ul>
    </>
  )
}

interface RemarksProps {
  name: string
  remarks: readonly Remark[]
  count: number
  isFailed?: boolean
}

function Remarks({ name, remarks, count, isFailed = false }: RemarksProps) {
  if (remarks.length === 0) return null
  return (
    <>
      <h3>
        {name}: {formatCount(count)}
      </h3>
      <ul aria-label={name}>
        {remarks.map(({ line, field, message }, at) => (
          <li key={at} className={isFailed ? 'is-failed' : undefined}>
            <span>Line {line}</span>
            <small>
              {field}: {message}
            </small>
          </li>
        ))}
      </ul>
    </>
  )
}
