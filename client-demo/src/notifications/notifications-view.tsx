import { newestFirst, unreadCount } from '../../../sdk/index.ts'
import { formatCount } from '../format.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'
import { NotificationItem } from './notification-item.tsx'
import { Preferences } from './preferences.tsx'
import { SaidHere } from './said.tsx'

export function NotificationsView() {
  const { notifications } = usePage()
  const { inbox, next, loading, error } = useStore(notifications.store, state => state)
  const items = newestFirst(inbox)
  const unread = unreadCount(inbox)
  return (
    <div className="settings notifications">
      <header className="settings-head">
        <div>
          <h1>Notifications</h1>
          <p>{next === undefined ? ' ' : unread === 0 ? 'Nothing unread' : `${formatCount(unread)} unread`}</p>
        </div>
        {items.length > 0 && (
          <button
            type="button"
            className="button"
            aria-disabled={unread === 0}
            onClick={() => void (unread > 0 && notifications.read())}
          >
            <Icon name="check" />
            Mark all as read
          </button>
        )}
      </header>
      <section className="panel notices" aria-label="What you were told" aria-busy={loading}>
        {next === undefined && error === null && <Skeletons />}
        {next === null && items.length === 0 && (
          <p className="notices-empty">
            <Icon name="bell" />
            Nothing yet. When somebody mentions you, gives you a task or changes your role, you find it here.
          </p>
        )}
        {items.length > 0 && (
          <ul>
            {items.map(item => (
              <NotificationItem key={item.id} item={item} />
            ))}
          </ul>
        )}
        {error !== null && (
          <div className="notices-more" role="alert">
            <p>{error}</p>
            <button
              type="button"
              className="button"
              onClick={() => void (next === undefined ? notifications.load() : notifications.loadMore())}
            >
              Try again
            </button>
          </div>
        )}
        {error === null && typeof next === 'string' && (
          <div className="notices-more">
            <button type="button" className="button" onClick={() => void notifications.loadMore()}>
              {loading ? 'Loading…' : 'Show older ones'}
            </button>
          </div>
        )}
      </section>
      <SaidHere />
      <Preferences />
    </div>
  )
}

const Skeletons = () => (
  <div className="rows-loading" aria-hidden="true">
    <i />
    <i />
    <i />
  </div>
)
