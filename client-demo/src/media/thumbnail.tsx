import type { MediaFile } from '../../../sdk/index.ts'
import { Icon } from '../ui/icon.tsx'
import { fileKinds, kindOf } from './kinds.ts'
import { Picture } from './picture.tsx'

/** A file in small: itself if it is a picture, otherwise a sheet that says what it is. */
export function Thumbnail({ file }: { file: MediaFile }) {
  const kind = kindOf(file)
  if (file.thumbnail_url !== undefined) return <Picture className="thumbnail" src={file.thumbnail_url} alt="" />
  return (
    <span className={`thumbnail thumbnail-${kind}`} aria-hidden="true">
      <Icon name={fileKinds[kind].icon} />
      <b>{file.filename.split('.').at(-1)}</b>
    </span>
  )
}
