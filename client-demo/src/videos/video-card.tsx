import { memo, useState } from 'react'
import type { Video } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { formatDuration, linkOf, providerNames, thumbnailOf } from './providers.ts'

interface VideoCardProps {
  video: Video
  mayChange: boolean
  /** Null where nobody may choose. */
  isChosen: boolean | null
  onChoose: (id: number, on: boolean) => void
  onTag: (tag: string) => void
  onEdit: (video: Video) => void
  onDelete: (video: Video) => void
}

export const VideoCard = memo(function VideoCard(props: VideoCardProps) {
  const { video, mayChange, isChosen, onChoose, onTag, onEdit, onDelete } = props
  const [menu, setMenu] = useState<HTMLElement | null>(null)
  const project = useStore(usePage().projects.store, all => all.get(video.project_id ?? 0))
  return (
    <li className={`video-card${isChosen ? ' is-chosen' : ''}`} aria-label={video.title}>
      <a href={linkOf(video)} target="_blank" rel="noopener noreferrer">
        <VideoPicture key={video.thumbnail_url} video={video} />
        <span className="video-title" dir="auto">
          {video.title}
        </span>
      </a>
      <p className="video-facts">
        {providerNames[video.provider]}
        {video.author_name !== null && ` · ${video.author_name}`}
        {project && ` · ${project.name}`}
        {video.visibility === 'private' && (
          <span className="video-private">
            <Icon name="lock" />
            Private
          </span>
        )}
      </p>
      {video.tags.length > 0 && (
        <div className="chips">
          {video.tags.map(tag => (
            <button key={tag} type="button" className="chip" onClick={() => onTag(tag)}>
              <span className="visually-hidden">Only with </span>
              <bdi>{tag}</bdi>
            </button>
          ))}
        </div>
      )}
      {isChosen !== null && (
        <input
          type="checkbox"
          className="video-choice"
          aria-label={`Select ${video.title}`}
          checked={isChosen}
          onChange={event => onChoose(video.id, event.target.checked)}
        />
      )}
      {mayChange && (
        <button
          type="button"
          className="icon-button video-menu"
          aria-label={`Actions on ${video.title}`}
          aria-haspopup="menu"
          onClick={event => setMenu(event.currentTarget)}
        >
          <Icon name="more" />
        </button>
      )}
      {menu && (
        <Menu
          label={video.title}
          anchor={menu}
          items={[
            { label: 'Edit', mark: <Icon name="pencil" />, run: () => onEdit(video) },
            { label: 'Delete', mark: <Icon name="trash" />, danger: true, run: () => onDelete(video) },
          ]}
          onClose={() => setMenu(null)}
        />
      )}
    </li>
  )
})

function VideoPicture({ video }: { video: Video }) {
  const address = thumbnailOf(video)
  const [failed, setFailed] = useState(false)
  return (
    <span className="video-picture">
      {address === null || failed ? (
        <Icon name="video" />
      ) : (
        <img
          src={address}
          alt=""
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          onError={() => setFailed(true)}
        />
      )}
      {video.duration_seconds !== null && <b>{formatDuration(video.duration_seconds)}</b>}
    </span>
  )
}
