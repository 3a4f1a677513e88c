import { useCallback, useEffect, useState } from 'react'
import { linkTo } from '../lib/base-path.ts'
import type { Video } from '../../../sdk/index.ts'
import { useFilters } from '../filters/use-filters.ts'
import { useLiveList } from '../live/use-live-list.ts'
import { videosPath } from '../lib/addresses.ts'
import { usePage } from '../lib/use-page.ts'
import { mayChange } from '../projects/rights.ts'
import { goTo, leaveTo, useRoute } from '../lib/router.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { BatchBar } from './batch-bar.tsx'
import { DeleteVideo } from './delete-video.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { LinkedVideo } from './linked-video.tsx'
import { VideoCard } from './video-card.tsx'
import { VideoDialog } from './video-dialog.tsx'
import { VideoFiltersBar } from './video-filters-bar.tsx'
import { createVideoList, videoFilters } from './video-list.ts'
import '../styles/videos.css'

export function VideosView() {
  const { client, live, projects, me } = usePage()
  const { path } = useRoute()
  const [filters, change] = useFilters(videoFilters, '/videos')
  const { list, items: videos, end } = useLiveList(() => createVideoList({ client, live, filters }))
  const known = useStore(projects.store, all => all)
  const [deleting, setDeleting] = useState<Video | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const open = useCallback((what: string) => goTo(videoFilters.address(`/videos/${what}`, filters)), [filters])
  const close = useCallback(() => leaveTo(videoFilters.address('/videos', filters)), [filters])
  const opened = videosPath.exec(path)?.[1]
  const isAdmin = me.role === 'admin'

  useEffect(() => list.narrow(filters), [list, filters])

  const choose = useCallback((id: number, on: boolean) => {
    setChosen(now => new Set(on ? [...now, id] : [...now].filter(other => other !== id)))
  }, [])
  const edit = useCallback(({ id }: Video) => open(String(id)), [open])
  const narrowToTag = useCallback((tag: string) => change({ tag }), [change])
  // What has gone cannot be changed.
  const selected = videos.filter(({ id }) => chosen.has(id)).map(({ id }) => id)

  return (
    <div className="library">
      <header className="library-head">
        <h1>Videos</h1>
        <div className="library-upload">
          <button type="button" className="button" onClick={() => open('import')}>
            <Icon name="download" />
            Import
          </button>
          <button type="button" className="button button-primary" onClick={() => open('new')}>
            <Icon name="plus" />
            Add a video
          </button>
        </div>
      </header>
      <VideoFiltersBar filters={filters} known={videos} onChange={change} />
      {videos.length > 0 && (
        <ul className="video-grid" aria-label="All videos" aria-busy={end.loading}>
          {videos.map(video => (
            <VideoCard
              key={video.id}
              video={video}
              mayChange={mayChange(
                { owner: video.created_by, projectId: video.project_id },
                me,
                known.get(video.project_id ?? 0),
              )}
              isChosen={isAdmin ? chosen.has(video.id) : null}
              onChoose={choose}
              onTag={narrowToTag}
              onEdit={edit}
              onDelete={setDeleting}
            />
          ))}
        </ul>
      )}
      <ListEnd {...end}>
        {videoFilters.isNarrowed(filters) ? (
          <>
            <p>Nothing matches</p>
            <a className="button" href={linkTo('/videos')}>
              Show all
            </a>
          </>
        ) : (
          <p>No videos yet. Add one by hand, or import many by their addresses.</p>
        )}
      </ListEnd>
      <BatchBar
        ids={selected}
        onDone={ids => setChosen(now => new Set([...now].filter(id => !ids.includes(id))))}
        onClear={() => setChosen(new Set())}
      />
      {opened === 'new' && (
        <VideoDialog id={null} video={undefined} project={filters.project} onStored={list.take} onClose={close} />
      )}
      {opened !== undefined && /^\d/.test(opened) && (
        <LinkedVideo key={opened} id={Number(opened)} onStored={list.take} onClose={close} />
      )}
      {deleting && <DeleteVideo video={deleting} onDeleted={list.forget} onClose={() => setDeleting(null)} />}
      {opened === 'import' && <ImportDialog project={filters.project} onClose={close} />}
    </div>
  )
}
