import { useCallback, useState } from 'react'
import type { MediaFile } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { DeleteFile } from './delete-file.tsx'
import { LinkedFile } from './linked-file.tsx'
import type { MediaList } from './media-list.ts'
import { MediaTile } from './media-tile.tsx'
import { mayDeleteFile } from './rights.ts'
import { Viewer } from './viewer.tsx'

interface FilesProps {
  list: MediaList
  files: readonly MediaFile[]
  label: string
  /** Which one is looked at, where an address tells it; otherwise that is the list's own affair. */
  looked?: { id: number | null; onLook: (id: number | null) => void }
}

/** Files as tiles, to be looked at and deleted. */
export function Files({ list, files, label, looked }: FilesProps) {
  const { me, projects } = usePage()
  const known = useStore(projects.store, all => all)
  const { loading } = useStore(list.store, state => state)
  const [shown, setShown] = useState<MediaFile | null>(null)
  const [asked, setAsked] = useState<MediaFile | null>(null)
  const close = useCallback(() => setShown(null), [])
  const onLook = looked?.onLook
  const open = useCallback((file: MediaFile) => (onLook ? onLook(file.id) : setShown(file)), [onLook])
  return (
    <>
      {files.length > 0 && (
        <ul className="media-grid" aria-label={label} aria-busy={loading}>
          {files.map(file => (
            <MediaTile
              key={file.id}
              file={file}
              mayDelete={mayDeleteFile(file, me, known.get(file.project_id ?? 0))}
              onOpen={open}
              onDelete={setAsked}
            />
          ))}
        </ul>
      )}
      {looked && looked.id !== null && (
        <LinkedFile id={looked.id} files={files} onShow={open} onClose={() => looked.onLook(null)} />
      )}
      {shown && <Viewer files={files} file={shown} onShow={setShown} onClose={close} />}
      {asked && <DeleteFile file={asked} onDeleted={list.forget} onClose={() => setAsked(null)} />}
    </>
  )
}
