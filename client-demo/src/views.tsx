import { isOnBoard, jobsPath, mediaPath, postPath, videosPath, writePath } from './lib/addresses.ts'
import { basePath } from './lib/base-path.ts'
import { BoardView } from './board/board-view.tsx'
import { isOperations } from './operations/places.ts'
import { isSettings } from './settings/places.ts'
import { laterView } from './ui/later.tsx'

// Whoever opens the board fetches the board; each other view comes when it is opened.
const DashboardView = laterView(async () => (await import('./dashboard/dashboard-view.tsx')).DashboardView)
const JobsView = laterView(async () => (await import('./jobs/jobs-view.tsx')).JobsView)
const MediaView = laterView(async () => (await import('./media/media-view.tsx')).MediaView)
const NotificationsView = laterView(
  async () => (await import('./notifications/notifications-view.tsx')).NotificationsView,
)
const OperationsView = laterView(async () => (await import('./operations/operations-view.tsx')).OperationsView)
const PostEditor = laterView(async () => (await import('./posts/post-editor.tsx')).PostEditor)
const PostView = laterView(async () => (await import('./posts/post-view.tsx')).PostView)
const PostsView = laterView(async () => (await import('./posts/posts-view.tsx')).PostsView)
const SettingsView = laterView(async () => (await import('./settings/settings-view.tsx')).SettingsView)
const VideosView = laterView(async () => (await import('./videos/videos-view.tsx')).VideosView)

const idIn = (pattern: RegExp, path: string) => Number(pattern.exec(path)?.[1] ?? 0) || null

/** Views live in the fragment; the server gives this page for every other address too. */
export const isKnownAddress = () => location.pathname === `${basePath}/`

/** What stands at an address. */
export function View({ path }: { path: string }) {
  const known = isKnownAddress()
  if (known && isOnBoard(path)) return <BoardView />
  const post = postPath.exec(path)?.[1]
  if (known && path === '/dashboard') return <DashboardView />
  if (known && path === '/posts') return <PostsView />
  if (known && post !== undefined) return <PostView key={post} name={post} />
  if (known && writePath.test(path)) return <PostEditor key={path} id={idIn(writePath, path)} />
  if (known && mediaPath.test(path)) return <MediaView />
  if (known && videosPath.test(path)) return <VideosView />
  if (known && jobsPath.test(path)) return <JobsView id={idIn(jobsPath, path)} />
  if (known && path === '/notifications') return <NotificationsView />
  if (known && isSettings(path)) return <SettingsView path={path} />
  if (known && isOperations(path)) return <OperationsView path={path} />
  return (
    <div className="nothing">
      <h1>There is nothing here</h1>
      <p>The address leads nowhere. What you look for may have been moved or deleted.</p>
      <a className="button" href={`${basePath}/`}>
        To your tasks
      </a>
    </div>
  )
}
