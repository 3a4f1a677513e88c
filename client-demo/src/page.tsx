import { createContext, use } from 'react'
import { earliest, isInStep, type TaskwireClient, type User } from '../../sdk/index.ts'
import { isOnBoard } from './addresses.ts'
import { basePath } from './base-path.ts'
import { createBoard, type Board } from './board/board.ts'
import { createMoves, type Moves } from './board/moves.ts'
import { boardFilters } from './board/filters.ts'
import { browserStorage, watchStorage } from './drafts/browser-storage.ts'
import { createDrafts, type Drafts } from './drafts/drafts.ts'
import { createJobs, hasEnded, type Jobs } from './jobs/jobs.ts'
import { createLive, type Live } from './live/live.ts'
import { createAnnouncer, type Announcer } from './live/announcer.ts'
import { createUploads, type Uploads } from './media/uploads.ts'
import { createNotifications, type Notifications } from './notifications/notifications.ts'
import { createDirectory, type Directory } from './people/directory.ts'
import { createProjectList, type ProjectList } from './projects/project-list.ts'
import { currentRoute } from './router.ts'
import { createToasts, type Toasts } from './ui/toasts.ts'

/** Everything that a signed-in page consists of. */
export interface Page {
  client: TaskwireClient
  me: User
  board: Board
  moves: Moves
  live: Live
  announcer: Announcer
  directory: Directory
  projects: ProjectList
  notifications: Notifications
  uploads: Uploads
  jobs: Jobs
  /** What was begun and not stored: whoever leaves loses nothing. */
  drafts: Drafts
  toasts: Toasts
  stop(): void
}

export function createPage(client: TaskwireClient, me: User): Page {
  const toasts = createToasts()
  const announcer = createAnnouncer()
  const directory = createDirectory(client)
  const projects = createProjectList(client)
  const board = createBoard({ client })
  const notifications = createNotifications({ client, toasts })
  const uploads = createUploads({ client })
  const jobs = createJobs({ client, toasts, me: me.id })
  const moves = createMoves({ client, board, toasts, announcer })
  const drafts = createDrafts({
    storage: browserStorage(),
    watch: watchStorage,
    basePath,
    person: me.id,
    nowMs: client.now,
  })
  let stopped = false

  const complain = () => toasts.error('Not everything could be loaded. Try again in a moment.')
  const live: Live = createLive({
    client,
    me: me.id,
    onEvent(event) {
      board.apply(event)
      projects.apply(event)
      notifications.apply(event)
      // More to see than before: what it is nobody has told us.
      if (event.name === 'access_changed' && event.readable) board.reload().catch(complain)
    },
    onJob: jobs.apply,
    onReset() {
      Promise.all([board.rebuild(), projects.rebuild(), notifications.load()]).catch(complain)
    },
  })

  // What could not be loaded while the line was broken.
  live.status.subscribe(() => {
    if (!isInStep(live.status.get())) return
    board.retry()
    notifications.retry()
    // What is told of jobs is told once: what was missed has to be asked for.
    void jobs.load()
  })

  // Without a socket nothing is told of them at all.
  const askingOfJobs = setInterval(() => {
    if (live.status.get() === 'paged' && [...jobs.store.get().jobs.values()].some(job => !hasEnded(job)))
      void jobs.load()
  }, 4_000)

  async function begin() {
    directory.add([me])
    const { path, query } = currentRoute()
    const found = await Promise.all([
      board.filter(isOnBoard(path) ? boardFilters.read(query) : boardFilters.none),
      projects.load(),
      notifications.load(),
    ])
    if (stopped) return
    const position = earliest(found)
    live.start(position)
    // Something is missing from what was loaded. What is loaded after joining is whole again.
    if (!position) live.whenLive(loadAll)
  }
  const loadAll = () => Promise.all([board.reload(), projects.load(), notifications.load()]).catch(complain)
  begin().catch(() => {
    live.start(undefined)
    live.whenLive(loadAll)
  })

  return {
    client,
    me,
    board,
    moves,
    live,
    announcer,
    directory,
    projects,
    notifications,
    uploads,
    jobs,
    drafts,
    toasts,
    stop() {
      stopped = true
      live.stop()
      clearInterval(askingOfJobs)
      board.stop()
      notifications.stop()
      uploads.stop()
    },
  }
}

export const PageContext = createContext<Page | null>(null)

export function usePage(): Page {
  const page = use(PageContext)
  if (!page) throw new Error('outside of a signed-in page')
  return page
}
