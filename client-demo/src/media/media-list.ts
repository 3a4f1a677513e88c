import { type MediaFile, type TaskwireClient } from '../../../sdk/index.ts'
import type { Live } from '../live/live.ts'
import { createLiveList, type LiveList } from '../live/live-list.ts'
import { createNarrowed } from '../filters/narrowed.ts'
import { listQuery, matchesFilters, mediaFilters, type MediaFilters } from './filters.ts'
import { isPicture } from './kinds.ts'

export type MediaList = LiveList<'media'>

const pageSize = 48

/** Newest first, as the server lists them. */
const compare = (a: MediaFile, b: MediaFile) =>
  a.upload_date === b.upload_date ? b.id - a.id : a.upload_date < b.upload_date ? 1 : -1

interface MediaListOptions {
  client: TaskwireClient
  live: Live
  /** Only what is attached to it. */
  taskId?: number
  /** Only what can be shown as a picture. */
  onlyPictures?: boolean
  filters?: MediaFilters
}

/** Files, newest first; what they are narrowed to can be changed. */
export function createMediaList({ client, live, taskId, onlyPictures = false, filters: first }: MediaListOptions) {
  const start: MediaFilters = first ?? { ...mediaFilters.none, kinds: onlyPictures ? ['picture'] : [] }
  return createNarrowed(mediaFilters, start, filters =>
    createLiveList({
      live,
      compare,
      kind: 'media',
      fetchPage: (cursor, signal) =>
        client.media.list(
          { cursor, page_size: pageSize, ...listQuery(filters()), ...(taskId !== undefined && { task_id: taskId }) },
          { signal },
        ),
      matches: file =>
        matchesFilters(file, filters()) &&
        (taskId === undefined || file.task_id === taskId) &&
        (!onlyPictures || isPicture(file)),
      // Files go where their task goes; of those that are not loaded here more may fit now.
      outdates: (event, { items }) =>
        ((event.name === 'task_updated' && event.changed.includes('project_id')) || event.name === 'task_removed') &&
        [...items.values()].some(file => file.task_id === event.task_id),
    }),
  )
}
