import { useEffect, useState } from 'react'
import type { MediaFile } from '../../../sdk/index.ts'
import { useLiveList } from '../live/use-live-list.ts'
import { usePage } from '../lib/use-page.ts'
import { useFileDrops } from '../ui/file-drops.ts'
import { ListEnd } from '../ui/list-end.tsx'
import { Modal } from '../ui/modal.tsx'
import { FileButton } from './file-button.tsx'
import { acceptedPictures, isPicture } from './kinds.ts'
import { createMediaList } from './media-list.ts'
import { Thumbnail } from './thumbnail.tsx'
import { UploadList } from './upload-list.tsx'

interface PictureChooserProps {
  /** Where it will be shown: whoever reads there must see the picture too. */
  projectId: number | null
  onPick: (file: MediaFile) => void
  onClose: () => void
}

/** A picture from the library, or a new one, which is taken as soon as it is there. */
export function PictureChooser({ projectId, onPick, onClose }: PictureChooserProps) {
  const { client, live, uploads } = usePage()
  const { items, end } = useLiveList(() => createMediaList({ client, live, onlyPictures: true }))
  const [begun] = useState(() => new Set<number>())
  const fits = items.filter(({ project_id: place }) => place === undefined || place === projectId)

  useEffect(() => uploads.onStored((file, key) => void (begun.has(key) && isPicture(file) && onPick(file))))

  const add = (files: File[]) => {
    const to = projectId === null ? {} : { project: projectId }
    for (const key of uploads.add(files, to)) begun.add(key)
  }
  useFileDrops(add)

  return (
    <Modal title="Choose a picture" className="chooser" onClose={onClose}>
      <div className="modal-body">
        <div>
          <FileButton label="Upload a new one" accept={acceptedPictures} onFiles={add} />
        </div>
        <UploadList isShown={({ key }) => begun.has(key)} />
        {fits.length > 0 && (
          <ul className="media-grid" aria-label="Pictures">
            {fits.map(file => (
              <li key={file.id} className="media-tile">
                <button type="button" className="media-open" onClick={() => onPick(file)}>
                  <Thumbnail file={file} />
                  <span className="media-name">{file.original_filename}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <ListEnd {...end} isEmpty={fits.length === 0}>
          <p>No pictures yet.</p>
        </ListEnd>
      </div>
    </Modal>
  )
}
