import { useCallback } from 'react'
import type { AuditEntry } from '../../../sdk/index.ts'
import { endOfDay, formatAgo, formatMoment, startOfDay } from '../lib/format.ts'
import { addressFilters, day } from '../filters/address-filters.ts'
import { useTypedFilters } from '../filters/use-filters.ts'
import { usePages } from '../live/use-pages.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonName } from '../people/avatar.tsx'
import { DayInput } from '../ui/day-input.tsx'
import { Field } from '../ui/field.tsx'
import { ListEnd } from '../ui/list-end.tsx'

const actionNames: Record<string, string> = {
  'user.updated': 'changed the account',
  'user.password_reset': 'reset the password of',
  'user.registered': 'made the account',
  'user.renamed': 'renamed',
  'user.erased': 'asked to erase',
  'user.password_changed': 'changed the password of',
  'user.password_change_refused': 'gave a wrong password of',
  'user.erasure_refused': 'gave a wrong password of',
  'user.password_forgotten': 'asked for a new password of',
  'user.password_set': 'set a new password of',
  'session.opened': 'signed in',
  'session.closed': 'signed out',
  'session.ended': 'ended another session',
  'session.refused': 'was refused to sign in',
  'session.token_reused': 'used a spent token, which ended the session',
  'member.added': 'added a member to project',
  'member.updated': 'changed the role of a member of project',
  'member.removed': 'removed a member from project',
}

const days = addressFilters({ from: day('from'), to: day('to') })

export function AuditLog() {
  const { client } = usePage()
  const [chosen, setDays] = useTypedFilters(days)
  const { from, to } = chosen
  const read = useCallback(
    (cursor: string, signal: AbortSignal) =>
      client.audit.list(
        {
          cursor,
          page_size: 50,
          ...(from !== '' && { created_at_start: startOfDay(from) }),
          ...(to !== '' && { created_at_end: endOfDay(to) }),
        },
        { signal },
      ),
    [client, from, to],
  )
  const pages = usePages(read)
  return (
    <section className="panel" aria-label="Audit log" aria-busy={pages.end.loading}>
      <div className="pair">
        <Field label="From">
          {props => (
            <DayInput {...props} value={from} onChange={event => setDays({ ...chosen, from: event.target.value })} />
          )}
        </Field>
        <Field label="To">
          {props => (
            <DayInput {...props} value={to} onChange={event => setDays({ ...chosen, to: event.target.value })} />
          )}
        </Field>
      </div>
      <ul className="audit">
        {pages.items.map(entry => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
      <ListEnd {...pages.end}>Nothing was done here in this time.</ListEnd>
    </section>
  )
}

/** Who has no account, or has not signed in; or the server by itself. */
const nobody = ({ ip_address: address }: AuditEntry) => (address === null ? 'Taskwire' : 'Somebody')

interface Details {
  reason?: string
  changes?: Record<string, { from: unknown; to: unknown }>
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { reason, changes = {} } = entry.details as Details
  return (
    <li>
      <p>
        <b>{entry.user_id === null ? nobody(entry) : <PersonName id={entry.user_id} />}</b>{' '}
        {actionNames[entry.action] ?? entry.action}{' '}
        {entry.resource === 'user' && typeof entry.resource_id === 'number' ? (
          <b>
            <PersonName id={entry.resource_id} />
          </b>
        ) : (
          entry.resource !== 'session' && entry.resource_id
        )}
        {reason !== undefined && <> because “{reason}”</>}
      </p>
      {Object.entries(changes).map(([field, { from, to }]) => (
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

const said = (value: unknown): string =>
  value === true
    ? 'yes'
    : value === false
      ? 'no'
      : Array.isArray(value)
        ? value.length === 0
          ? 'none'
          : value.join(', ')
        : String(value)
