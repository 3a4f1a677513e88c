import type { User } from '../../../sdk/index.ts'
import { formatAgo, formatDay, formatMoment } from '../lib/format.ts'
import { Avatar } from '../people/avatar.tsx'

export const stateOf = ({ is_banned, is_active }: User): string | null =>
  is_banned ? 'Banned' : is_active ? null : 'Disabled'

interface Props {
  user: User
  isSelected: boolean
  onSelect: (is: boolean) => void
  onOpen: () => void
}

export function AccountRow({ user, isSelected, onSelect, onOpen }: Props) {
  const state = stateOf(user)
  return (
    <li className={user.is_active ? '' : 'is-off'}>
      <input
        type="checkbox"
        aria-label={`Select ${user.name}`}
        checked={isSelected}
        onChange={event => onSelect(event.target.checked)}
      />
      <Avatar id={user.id} />
      <div className="account-who">
        <button type="button" className="link-button" onClick={onOpen}>
          {user.name}
        </button>
        {user.role === 'admin' && <span className="tag">Administrator</span>}
        {state !== null && <span className="tag tag-danger">{state}</span>}
        <small>
          @{user.username}, {user.email}
        </small>
      </div>
      <small className="account-when">
        <time dateTime={user.created_at} title={formatMoment(user.created_at)}>
          since {formatDay(user.created_at)}
        </time>
        <br /> {user.last_seen_at === null ? 'never seen' : `seen ${formatAgo(user.last_seen_at)}`}
      </small>
    </li>
  )
}
