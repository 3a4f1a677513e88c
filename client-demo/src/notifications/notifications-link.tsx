import { unreadCount } from '../../../sdk/index.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'

interface NotificationsLinkProps {
  href: string
  'aria-current': 'page' | undefined
}

const mostShown = 99

/** The name says how many are unread, not just that some are. */
export function NotificationsLink(props: NotificationsLinkProps) {
  const unread = useStore(usePage().notifications.store, state => unreadCount(state.inbox))
  return (
    <a {...props} className="notifications-link">
      <Icon name="bell" />
      <span>Notifications</span>
      {unread > 0 && (
        <>
          <span className="visually-hidden">, </span>
          <b className="badge">{unread > mostShown ? `${mostShown}+` : unread}</b>
          <span className="visually-hidden"> unread</span>
        </>
      )}
    </a>
  )
}
