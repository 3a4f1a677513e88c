import { limits } from '../../../sdk/index.ts'
import { formatSize } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import type { UploadItem } from './uploads.ts'

/** Files on their way, each with how far it is, or why it is not taken. @param isShown only those */
export function UploadList({ isShown = () => true }: { isShown?: (item: UploadItem) => boolean }) {
  const { uploads } = usePage()
  const items = useStore(uploads.store, all => all)
  const shown = items.filter(isShown)
  if (shown.length === 0) return null
  return (
    <ul className="uploads" aria-label="Uploads">
      {shown.map(item => (
        <UploadRow key={item.key} item={item} />
      ))}
    </ul>
  )
}

function UploadRow({ item }: { item: UploadItem }) {
  const { uploads } = usePage()
  const { key, file, state, sent, error } = item
  const isOpen = state === 'waiting' || state === 'sending'
  return (
    <li className={`upload is-${state}`}>
      <Icon name={state === 'failed' ? 'alert' : state === 'stored' ? 'check' : 'upload'} />
      <div>
        <span className="upload-name" dir="auto">
          {file.name}
        </span>
        {isOpen && <progress aria-label={`Upload of ${file.name}`} max={1} value={sent} />}
        {error === null ? (
          <small>{state === 'stored' ? 'Stored' : state === 'waiting' ? 'Waiting' : formatSize(file.size)}</small>
        ) : (
          <small role="alert">{error}</small>
        )}
      </div>
      {state === 'failed' && file.size <= limits.mediaFileBytes && (
        <button type="button" className="icon-button" title="Try again" onClick={() => uploads.again(key)}>
          <Icon name="again" />
          <span className="visually-hidden">Try {file.name} again</span>
        </button>
      )}
      {state !== 'stored' && (
        <button
          type="button"
          className="icon-button"
          title={isOpen ? 'Cancel' : 'Dismiss'}
          onClick={() => uploads.drop(key)}
        >
          <Icon name="close" />
          <span className="visually-hidden">
            {isOpen ? 'Cancel' : 'Dismiss'} {file.name}
          </span>
        </button>
      )}
    </li>
  )
}
