import type { Flag } from '../../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../../lib/format.ts'
import { PersonName } from '../../people/avatar.tsx'
import { reachOf } from './words.ts'

interface FlagRowProps {
  flag: Flag
  onSwitch: () => void
  onEdit: () => void
  onRemove: () => void
}

export function FlagRow({ flag, onSwitch, onEdit, onRemove }: FlagRowProps) {
  const { name, description, enabled, value, updated_by: by, updated_at: at } = flag
  return (
    <li aria-label={name} className={enabled ? undefined : 'is-off'}>
      <button
        type="button"
        role="switch"
        className="switch"
        aria-checked={enabled}
        aria-label={`Switch ${name}`}
        onClick={onSwitch}
      />
      <div className="flag-what">
        <b>{name}</b>
        {description !== '' && <p>{description}</p>}
        <small>
          {reachOf(flag)}; {value ? 'on' : 'off'} for you
          {by !== undefined && at !== undefined && (
            <>
              . Changed by <PersonName id={by} />{' '}
              <time dateTime={at} title={formatMoment(at)}>
                {formatAgo(at)}
              </time>
            </>
          )}
        </small>
      </div>
      <span className="row-tools">
        <button type="button" className="button button-quiet" aria-label={`Edit ${name}`} onClick={onEdit}>
          Edit
        </button>
        <button type="button" className="button button-quiet danger" aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </button>
      </span>
    </li>
  )
}
