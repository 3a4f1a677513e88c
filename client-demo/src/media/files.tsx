import { useCallback, useState } from 'react'
import type { MediaFile } from '../../../sdk/index.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { DeleteFile } from './delete-file.tsx'
import type { MediaList } from './media-list.ts'
import { MediaTile } from './media-tile.tsx'
import { mayDeleteFile } from './rights.ts'
import { Viewer } from './viewer.tsx'

interface FilesProps {
  list: MediaList
  files: readonly MediaFile[]
  label: string
}

/** Files as tiles, to be looked at and deleted. */
export function Files({ list, files, label }: FilesProps) {
  const { me, projects } = usePage()
  const known = useStore(projects.store, all => all)
  const { loading } = useStore(list.store, state => state)
  const [shown, setShown] = useState<MediaFile | null>(null)
  const [asked, setAsked] = useState<MediaFile | null>(null)
  const close = useCallback(() => setShown(null), [])
  return (
    <>
      {files.length > 0 && (
        <ul className="media-grid" aria-label={label} aria-busy={loading}>
          {files.map(file => (
            <MediaTile
              key={file.id}
              file={file}
              mayDelete={mayDeleteFile(file, me, known.get(file.project_id ?? 0))}
              onOpen={setShown}
              onDelete={setAsked}
            />
          ))}
        </ul>
      )}
      {shown && <Viewer files={files} file={shown} onShow={setShown} onClose={close} />}
      {asked && <DeleteFile file={asked} onDeleted={list.forget} onClose={() => setAsked(null)} />}
    </>
  )
}
