import { memo, useRef } from 'react'
import { linkTo } from '../lib/base-path.ts'
import type { Notification, NotificationType } from '../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon, type IconName } from '../ui/icon.tsx'

const icons: Record<NotificationType, IconName> = {
  mention: 'at',
  assigned: 'person',
  due_soon: 'calendar',
  role_changed: 'people',
  job_finished: 'check',
  alert: 'alert',
  webhook_disabled: 'alert',
  security: 'alert',
}

const number = (value: unknown) => (typeof value === 'number' ? value : null)

/** Where it leads; null when there is no such place, as for a project that one was removed from. */
function useAddress({ type, data }: Notification): string | null {
  const [task, comment, project] = [number(data.task_id), number(data.comment_id), number(data.project_id)]
  const job = number(data.job_id)
  const seesProject = useStore(usePage().projects.store, all => project !== null && all.has(project))
  if (task !== null) return linkTo(`/tasks/${task}${comment === null ? '' : `?comment=${comment}`}`)
  if (job !== null) return linkTo(`/jobs/${job}`)
  if (number(data.webhook_id) !== null) return linkTo('/settings/webhooks')
  if (type === 'security') return linkTo(number(data.api_key_id) === null ? '/settings' : '/settings/keys')
  return seesProject ? linkTo(`/projects/${project}`) : null
}

export const NotificationItem = memo(function NotificationItem({ item }: { item: Notification }) {
  const { notifications } = usePage()
  const address = useAddress(item)
  const unread = item.read_at === null
  const read = () => void (unread && notifications.read([item.id]))
  const row = useRef<HTMLLIElement>(null)

  /** The button goes with what it does; the focus stays in its row. */
  function readHere() {
    row.current?.querySelector<HTMLElement>('a, p')?.focus()
    read()
  }

  const text = (
    <>
      {unread && <span className="visually-hidden">Unread: </span>}
      <bdi>{item.message}</bdi>
    </>
  )
  return (
    <li ref={row} className={unread ? 'is-unread' : undefined}>
      <Icon name={icons[item.type] ?? 'bell'} />
      <div>
        {address === null ? (
          <p tabIndex={-1}>{text}</p>
        ) : (
          <a href={address} onClick={read}>
            {text}
          </a>
        )}
        <time dateTime={item.created_at} title={formatMoment(item.created_at)}>
          {formatAgo(item.created_at)}
        </time>
      </div>
      {unread && (
        <button type="button" className="icon-button" title="Mark as read" onClick={readHere}>
          <Icon name="check" />
          <span className="visually-hidden">Mark as read: {item.message}</span>
        </button>
      )}
    </li>
  )
})
