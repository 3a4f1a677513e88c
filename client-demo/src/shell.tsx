import { BoardView } from './board/board-view.tsx'
import { LiveStatus, Wire } from './live/live-status.tsx'
import { HereNow } from './people/here-now.tsx'
import { usePage } from './page.tsx'
import { useRoute } from './router.ts'
import { SettingsView } from './settings/settings-view.tsx'
import { useStore } from './store.ts'
import { Brand } from './ui/marks.tsx'
import { ToastList } from './ui/toast-list.tsx'

const places = [
  { path: '/', name: 'Board' },
  { path: '/settings', name: 'Settings' },
] as const

export function Shell() {
  const { path } = useRoute()
  const { toasts } = usePage()
  const place = isKnownAddress() ? path : null
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
          {places.map(({ path: to, name }) => (
            <a key={to} href={`/#${to}`} aria-current={to === place ? 'page' : undefined}>
              {name}
            </a>
          ))}
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
  if (known && path === '/') return <BoardView />
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
