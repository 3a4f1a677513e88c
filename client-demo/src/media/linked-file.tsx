import { useEffect, useMemo, useState } from 'react'
import { type MediaFile } from '../../../sdk/index.ts'
import { createLiveOne } from '../live/live-one.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { NotFoundDialog } from '../ui/not-found-dialog.tsx'
import { Viewer } from './viewer.tsx'

interface LinkedFileProps {
  id: number
  /** What the arrows go through, if the file is among them. */
  files: readonly MediaFile[]
  onShow: (file: MediaFile) => void
  onClose: () => void
}

/** The file that the address leads to; it may stand in no list that is loaded, or be nobody's any more. */
export function LinkedFile({ id, files, onShow, onClose }: LinkedFileProps) {
  const { client, live } = usePage()
  const one = useMemo(
    () =>
      createLiveOne({
        live,
        kind: 'media',
        fetchOne: signal => client.media.get({ id }, { signal }),
      }),
    [client, live, id],
  )
  useEffect(() => one.start(), [one])
  const { item, isMissing, error } = useStore(one.store, state => state)
  const listed = files.find(file => file.id === id)
  const now = listed ?? item
  const [last, setLast] = useState(now)
  if (now && now !== last) setLast(now)
  const file = now ?? (last?.id === id ? last : undefined)

  if (file) {
    // In no list: the viewer says that it has gone.
    const among = listed ? files : isMissing ? [] : [file]
    return <Viewer files={among} file={file} hasAddress onShow={onShow} onClose={onClose} />
  }
  if (!isMissing && error === null) return null
  return (
    <NotFoundDialog
      title="File"
      reason={error ?? 'This file was deleted, or you may not see it.'}
      back="To the files"
      onClose={onClose}
    />
  )
}
