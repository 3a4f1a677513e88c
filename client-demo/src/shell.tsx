import { useEffect } from 'react'
import { linkTo } from './lib/base-path.ts'
import { isOnBoard, jobsPath, mediaPath, postPath, videosPath, writePath } from './lib/addresses.ts'
import { BoardLink } from './board/board-link.tsx'
import { DocumentTitle } from './document-title.tsx'
import { RunningJobs } from './jobs/running-jobs.tsx'
import { LiveStatus, Wire } from './live/live-status.tsx'
import { NotificationsLink } from './notifications/notifications-link.tsx'
import { HereNow } from './here-now.tsx'
import { isOperations, operationsName } from './operations/places.ts'
import { isSettings, settingsName } from './settings/places.ts'
import { usePage } from './lib/use-page.ts'
import { useRoute } from './lib/router.ts'
import { useStore } from './lib/store.ts'
import { watchFileDrops } from './ui/file-drops.ts'
import { Icon, type IconName } from './ui/icon.tsx'
import { Brand } from './ui/marks.tsx'
import { watchPlaces } from './ui/keep-place.ts'
import { ToastList } from './ui/toast-list.tsx'
import { isKnownAddress, View } from './views.tsx'

const places: readonly { path: string; name: string; icon: IconName }[] = [
  { path: '/', name: 'Board', icon: 'board' },
  { path: '/dashboard', name: 'Dashboard', icon: 'chart' },
  { path: '/posts', name: 'Posts', icon: 'post' },
  { path: '/media', name: 'Media', icon: 'picture' },
  { path: '/videos', name: 'Videos', icon: 'video' },
  { path: '/notifications', name: 'Notifications', icon: 'bell' },
  { path: '/settings', name: 'Settings', icon: 'gear' },
]
const operations = { path: '/operations', name: 'Operations', icon: 'lock' } as const

/** Whose link in the navigation stands for an address. */
function placeOf(path: string): string {
  if (isOnBoard(path)) return '/'
  if (isOperations(path)) return '/operations'
  if (isSettings(path)) return '/settings'
  if (videosPath.test(path)) return '/videos'
  if (mediaPath.test(path)) return '/media'
  return postPath.test(path) || writePath.test(path) ? '/posts' : path
}

export function Shell() {
  const { path } = useRoute()
  const { toasts, me, drafts } = usePage()
  const place = isKnownAddress() ? placeOf(path) : null
  useEffect(watchFileDrops, [])
  useEffect(watchPlaces, [])
  useEffect(() => {
    const stay = (event: BeforeUnloadEvent) => void (drafts.isAtRisk() && event.preventDefault())
    addEventListener('beforeunload', stay)
    return () => removeEventListener('beforeunload', stay)
  }, [drafts])
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
          {(me.role === 'admin' ? [...places, operations] : places).map(({ path: to, name, icon }) => {
            const link = { href: linkTo(to), 'aria-current': to === place ? ('page' as const) : undefined }
            if (name === 'Notifications') return <NotificationsLink key={to} {...link} />
            if (name === 'Board') return <BoardLink key={to} isHere={place === '/'} />
            return (
              <a key={to} {...link}>
                <Icon name={icon} />
                <span>{name}</span>
              </a>
            )
          })}
        </nav>
        <span className="bar-space" />
        <RunningJobs />
        <HereNow />
        <LiveStatus />
      </header>
      <Wire />
      <main id="content" tabIndex={-1}>
        <View path={path} />
      </main>
      <ToastList toasts={toasts} />
      <Announcements />
      <DocumentTitle view={nameOf(path, place)} />
    </div>
  )
}

/** What a view is called in the title of the tab. */
function nameOf(path: string, place: string | null): string {
  if (place === null) return 'Nothing here'
  if (isOperations(path)) return operationsName(path)
  if (isSettings(path)) return settingsName(path)
  if (jobsPath.test(path)) return 'Jobs'
  if (writePath.test(path)) return path === '/write' ? 'A new post' : 'Edit the post'
  return places.find(one => one.path === place)?.name ?? 'Nothing here'
}

/** The fragment is the address of the view, so it cannot be the target too. */
function skip(event: React.MouseEvent) {
  event.preventDefault()
  document.getElementById('content')?.focus()
}

function Announcements() {
  const { text, serial } = useStore(usePage().announcer.store, said => said)
  return (
    <div className="visually-hidden" aria-live="assertive">
      <span key={serial}>{text}</span>
    </div>
  )
}
