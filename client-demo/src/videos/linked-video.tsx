import { useEffect, useState } from 'react'
import { type Video } from '../../../sdk/index.ts'
import { createLiveOne } from '../live/live-one.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { NotFoundDialog } from '../ui/not-found-dialog.tsx'
import { VideoDialog } from './video-dialog.tsx'

interface LinkedVideoProps {
  id: number
  onStored: (video: Video) => void
  onClose: () => void
}

/** The video that the address leads to; it may stand in no list that is loaded. */
export function LinkedVideo({ id, onStored, onClose }: LinkedVideoProps) {
  const { client, live, drafts } = usePage()
  const [one] = useState(() =>
    createLiveOne({
      live,
      kind: 'videos',
      fetchOne: signal => client.videos.get({ id }, { signal }),
    }),
  )
  const { item, isMissing, error } = useStore(one.store, state => state)
  useEffect(() => one.start(), [one])
  /** Once open it stays open, and says by itself what became of the video. */
  const [wasHere, setWasHere] = useState(false)
  // What was begun for it can still be copied.
  const isOpen = item !== undefined || (isMissing && drafts.get(`video:${id}`) !== undefined)
  if (isOpen && !wasHere) setWasHere(true)
  if (!wasHere) {
    if (!isMissing && error === null) return null
    return (
      <NotFoundDialog
        title="Video"
        reason={error ?? 'This video was deleted, or you may not see it.'}
        back="To the videos"
        onClose={onClose}
      />
    )
  }
  return (
    <VideoDialog
      id={id}
      video={item ?? undefined}
      project={null}
      onStored={video => {
        one.take(video)
        onStored(video)
      }}
      onClose={onClose}
    />
  )
}
