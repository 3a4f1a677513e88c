import { BoardView } from './board/board-view.tsx'
import { LiveStatus, Wire } from './live/live-status.tsx'
import { NotificationsLink } from './notifications/notifications-link.tsx'
import { NotificationsView } from './notifications/notifications-view.tsx'
import { HereNow } from './people/here-now.tsx'
import { usePage } from './page.tsx'
import { useRoute } from './router.ts'
import { SettingsView } from './settings/settings-view.tsx'
import { useStore } from './store.ts'
import { Brand } from './ui/marks.tsx'
import { ToastList } from './ui/toast-list.tsx'

const places = [
  { path: '/', name: 'Board' },
  { path: '/notifications', name: 'Notifications' },
  { path: '/settings', name: 'Settings' },
] as const

/** A task's own address shows it on the board. */
const taskPath = /^\/tasks\/([1-9]\d{0,14})$/

export function Shell() {
  const { path } = useRoute()
  const { toasts } = usePage()
  const place = !isKnownAddress() ? null : taskPath.test(path) ? '/' : path
  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={skip}>
        Skip to content
      </a>
      <header className="bar">
        <span className="brand">
          <Brand />
          <b>Taskwire</b>
        </span>
        <nav aria-label="Main">
          {places.map(({ path: to, name }) => {
            const link = { href: `/#${to}`, 'aria-current': to === place ? ('page' as const) : undefined }
            if (name === 'Notifications') return <NotificationsLink key={to} {...link} />
            return (
              <a key={to} {...link}>
                {name}
              </a>
            )
          })}
        </nav>
        <span className="bar-space" />
        <HereNow />
        <LiveStatus />
      </header>
      <Wire />
      <main id="content" tabIndex={-1}>
        <View path={path} />
      </main>
      <ToastList toasts={toasts} />
      <Announcements />
    </div>
  )
}

/** The fragment is the address of the view, so it cannot be the target too. */
function skip(event: React.MouseEvent) {
  event.preventDefault()
  document.getElementById('content')?.focus()
}

/** Views live in the fragment; the server gives this page for every other address too. */
const isKnownAddress = () => location.pathname === '/'

function View({ path }: { path: string }) {
  const known = isKnownAddress()
  const task = taskPath.exec(path)?.[1]
  if (known && (path === '/' || task)) return <BoardView linked={task === undefined ? null : Number(task)} />
  if (known && path === '/notifications') return <NotificationsView />
  if (known && path === '/settings') return <SettingsView />
  return (
    <div className="nothing">
      <h1>There is nothing here</h1>
      <p>The address leads nowhere. What you look for may have been moved or deleted.</p>
      <a className="button" href="/">
        To your tasks
      </a>
    </div>
  )
}

function Announcements() {
  const { text, serial } = useStore(usePage().announcer.store, said => said)
  return (
    <div className="visually-hidden" aria-live="assertive">
      <span key={serial}>{text}</span>
    </div>
  )
}
