import { useEffect, useEffectEvent } from 'react'
import type { MediaFile } from '../../../sdk/index.ts'
import { formatMoment, formatSize } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonName } from '../people/avatar.tsx'
import { useTitle } from '../lib/titles.ts'
import { Icon } from '../ui/icon.tsx'
import { Modal } from '../ui/modal.tsx'
import { isPicture } from './kinds.ts'
import { Picture } from './picture.tsx'
import { Thumbnail } from './thumbnail.tsx'

interface ViewerProps {
  /** What the arrows go through. */
  files: readonly MediaFile[]
  file: MediaFile
  onShow: (file: MediaFile) => void
  onClose: () => void
  hasAddress?: boolean
}

/** One file, as large as there is room. Arrow keys, Home and End go to the others, Escape closes. */
export function Viewer({ files, file, onShow, onClose, hasAddress = false }: ViewerProps) {
  const { toasts } = usePage()
  useTitle(file.original_filename, { isOver: true })
  const at = files.findIndex(({ id }) => id === file.id)
  const isGone = at === -1
  const goTo = (index: number) => {
    const next = files[index]
    if (next) onShow(next)
  }

  const leave = useEffectEvent(() => {
    toasts.say(`“${file.original_filename}” was deleted, or you may no longer see it`)
    onClose()
  })
  useEffect(() => {
    if (isGone) leave()
  }, [isGone])

  const move = useEffectEvent((event: KeyboardEvent) => {
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: files.length - 1 }[event.key]
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    goTo(target)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => move(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])

  return (
    <Modal title={file.original_filename} className="viewer" hasAddress={hasAddress} onClose={onClose}>
      <div className="viewer-stage">
        {isPicture(file) ? (
          <Picture key={file.id} src={file.url} alt={file.original_filename} width={file.width} height={file.height} />
        ) : (
          <Thumbnail file={file} />
        )}
        <button
          type="button"
          className="viewer-step is-back"
          aria-label="Previous"
          aria-disabled={at <= 0}
          onClick={() => goTo(at - 1)}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          className="viewer-step"
          aria-label="Next"
          aria-disabled={at >= files.length - 1}
          onClick={() => goTo(at + 1)}
        >
          <Icon name="next" />
        </button>
      </div>
      <footer className="modal-foot viewer-foot">
        <p>
          {file.width !== undefined && `${file.width} × ${file.height} · `}
          {formatSize(file.file_size)} · <PersonName id={file.uploaded_by} />, {formatMoment(file.upload_date)}
        </p>
        <span className="bar-space" />
        <a className="button" data-first href={file.url} download={file.original_filename}>
          <Icon name="download" />
          Download
        </a>
      </footer>
    </Modal>
  )
}
