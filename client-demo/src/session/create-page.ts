import { earliest, isInStep, type TaskwireClient, type User } from '../../../sdk/index.ts'
import { isOnBoard } from '../lib/addresses.ts'
import { basePath } from '../lib/base-path.ts'
import { createBoard } from '../tasks/board.ts'
import { createMoves } from '../tasks/moves.ts'
import { boardFilters } from '../tasks/filters.ts'
import { browserStorage, watchStorage } from '../drafts/browser-storage.ts'
import { createDrafts } from '../drafts/drafts.ts'
import { createJobs, hasEnded } from '../jobs/jobs.ts'
import { createLive, type Live } from '../live/live.ts'
import { createAnnouncer } from '../live/announcer.ts'
import { createUploads } from '../media/uploads.ts'
import { createNotifications } from '../notifications/notifications.ts'
import { createDirectory } from '../people/directory.ts'
import { createProjectList } from '../projects/project-list.ts'
import type { Page } from '../lib/page.ts'
import { currentRoute } from '../lib/router.ts'
import { createToasts } from '../ui/toasts.ts'

/** Makes the parts of somebody's page, and brings to each what it follows. */
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
      directory.refresh()
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
    if (live.status.get() !== 'paged' || jobs.store.get().loading) return
    if ([...jobs.store.get().jobs.values()].some(job => !hasEnded(job))) void jobs.load()
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
