import { unreadCount } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
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
    <a {...props} className="notifications-link" aria-label={`Notifications${unread > 0 ? `, ${unread} unread` : ''}`}>
      <Icon name="bell" />
      <span>Notifications</span>
      {/* By the style sheet: the name says it already, in words. */}
      {unread > 0 && <b className="badge" data-count={unread > mostShown ? `${mostShown}+` : unread} />}
    </a>
  )
}
