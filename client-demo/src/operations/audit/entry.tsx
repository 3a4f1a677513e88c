import type { AuditEntry } from '../../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../../lib/format.ts'
import { PersonName } from '../../people/avatar.tsx'
import { actionName, changesIn, said, subjectOf } from './words.ts'

/** Who has no account, or has not signed in; or the server by itself. */
const nobody = ({ ip_address: address }: AuditEntry) => (address === null ? 'Taskwire' : 'Somebody')

export function Entry({ entry }: { entry: AuditEntry }) {
  const { reason } = entry.details
  return (
    <li>
      <p>
        <b>{entry.user_id === null ? nobody(entry) : <PersonName id={entry.user_id} />}</b> {actionName(entry.action)}{' '}
        {entry.resource === 'user' && typeof entry.resource_id === 'number' ? (
          <b>
            <PersonName id={entry.resource_id} />
          </b>
        ) : (
          subjectOf(entry)
        )}
        {typeof reason === 'string' && <> because “{reason}”</>}
      </p>
      {changesIn(entry).map(([field, { from, to }]) => (
        <p key={field} className="audit-change">
          {field.replaceAll('_', ' ')}: <s>{said(from)}</s> {said(to)}
        </p>
      ))}
      <small>
        <time dateTime={entry.created_at} title={formatMoment(entry.created_at)}>
          {formatAgo(entry.created_at)}
        </time>
        {entry.ip_address !== null && `, from ${entry.ip_address}`}
      </small>
    </li>
  )
}
