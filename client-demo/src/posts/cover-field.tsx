import { useState } from 'react'
import { thumbnailAddress } from '../media/address.ts'
import { PictureChooser } from '../media/picture-chooser.tsx'
import { Picture } from '../media/picture.tsx'
import { Icon } from '../ui/icon.tsx'
import type { PostForm } from './use-post-form.ts'

/** The picture above a post. */
export function CoverField({ form, projectId }: { form: PostForm; projectId: number | null }) {
  const { draft, base, clashes, set, errors } = form
  const [isChoosing, setChoosing] = useState(false)
  const cover = draft.cover_media_id
  return (
    <div className="cover-field">
      {cover !== null && <Picture key={cover} src={thumbnailAddress(cover)} alt="The cover" />}
      <button type="button" className="button" onClick={() => setChoosing(true)}>
        <Icon name="picture" />
        {cover === null ? 'Choose a cover' : 'Another cover'}
      </button>
      {cover !== null && (
        <button type="button" className="button button-quiet" onClick={() => set({ cover_media_id: null })}>
          No cover
        </button>
      )}
      {errors.fields.cover_media_id !== undefined && (
        <p className="field-error" role="alert">
          {errors.fields.cover_media_id}
        </p>
      )}
      {clashes.includes('cover_media_id') && (
        <span className="theirs">
          Somebody else chose {base.cover_media_id === null ? 'no cover' : 'another cover'}.{' '}
          <button type="button" className="link-button" onClick={() => set({ cover_media_id: base.cover_media_id })}>
            Take this
          </button>
        </span>
      )}
      {isChoosing && (
        <PictureChooser
          projectId={projectId}
          onPick={file => {
            setChoosing(false)
            set({ cover_media_id: file.id })
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </div>
  )
}
