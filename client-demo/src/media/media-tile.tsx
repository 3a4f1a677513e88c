import { memo, useState } from 'react'
import type { MediaFile } from '../../../sdk/index.ts'
import { formatAgo, formatMoment, formatSize } from '../lib/format.ts'
import { PersonName } from '../people/avatar.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { downloadFile } from './download.ts'
import { Thumbnail } from './thumbnail.tsx'

interface MediaTileProps {
  file: MediaFile
  mayDelete: boolean
  onOpen: (file: MediaFile) => void
  onDelete: (file: MediaFile) => void
}

export const MediaTile = memo(function MediaTile({ file, mayDelete, onOpen, onDelete }: MediaTileProps) {
  const [menu, setMenu] = useState<HTMLElement | null>(null)
  const { original_filename: name, file_size, upload_date, uploaded_by } = file
  return (
    <li className="media-tile" aria-label={name}>
      <button type="button" className="media-open" onClick={() => onOpen(file)}>
        <Thumbnail file={file} />
        <span className="media-name" title={name}>
          {name}
        </span>
      </button>
      <div className="media-facts">
        <span>
          {formatSize(file_size)} · <PersonName id={uploaded_by} />
        </span>
        <time dateTime={upload_date} title={formatMoment(upload_date)}>
          {formatAgo(upload_date)}
        </time>
      </div>
      <button
        type="button"
        className="icon-button media-menu"
        aria-label={`Actions on ${name}`}
        aria-haspopup="menu"
        onClick={event => setMenu(event.currentTarget)}
      >
        <Icon name="more" />
      </button>
      {menu && (
        <Menu
          label={name}
          anchor={menu}
          items={[
            { label: 'Open', mark: <Icon name="picture" />, run: () => onOpen(file) },
            { label: 'Download', mark: <Icon name="download" />, run: () => downloadFile(file) },
            ...(mayDelete
              ? [
                  'line' as const,
                  { label: 'Delete', mark: <Icon name="trash" />, danger: true, run: () => onDelete(file) },
                ]
              : []),
          ]}
          onClose={() => setMenu(null)}
        />
      )}
    </li>
  )
})
