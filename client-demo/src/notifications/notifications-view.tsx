import { newestFirst, unreadCount } from '../../../sdk/index.ts'
import { formatCount } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { RowsLoading } from '../ui/rows-loading.tsx'
import { NotificationItem } from './notification-item.tsx'
import { Preferences } from './preferences.tsx'
import { SaidHere } from './said.tsx'

export function NotificationsView() {
  const { notifications } = usePage()
  const { inbox, ...paging } = useStore(notifications.store, state => state)
  const { next, loading } = paging
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
        <ListEnd
          {...paging}
          className="notices-more"
          waiting={<RowsLoading rows={3} />}
          more="Show older ones"
          isByHand
          onMore={() => void notifications.loadMore()}
        />
      </section>
      <SaidHere />
      <Preferences />
    </div>
  )
}
