import { Icon } from '../ui/icon.tsx'

/** Says that a form begins with what was left in it. */
export function Restored({ isShown, onStartOver }: { isShown: boolean; onStartOver: () => void }) {
  if (!isShown) return null
  return (
    <p className="notice" aria-live="polite">
      <Icon name="again" />
      <span>
        What you had begun is here again, and not stored yet.{' '}
        <button type="button" className="link-button" onClick={onStartOver}>
          Throw it away
        </button>
      </span>
    </p>
  )
}
