import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { useStore } from '../lib/store.ts'
import { Icon } from './icon.tsx'
import { openDialogs } from './modal.tsx'
import type { Toasts } from './toasts.ts'

/** In the dialog that is open, if one is: whatever lies outside of it is inert, and below it. */
export function ToastList({ toasts }: { toasts: Toasts }) {
  const shown = useStore(toasts.store, all => all)
  const dialog = useStore(openDialogs, all => all.at(-1))
  const [isOver, setOver] = useState(false)
  const [hasFocus, setFocus] = useState(false)
  const [isHidden, setHidden] = useState(document.hidden)
  // With the last one goes what was over it, and nobody tells that it left.
  const isLookedAt = shown.length > 0 && (isOver || hasFocus)

  useEffect(() => {
    const look = () => setHidden(document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  useEffect(() => toasts.hold(isLookedAt || isHidden), [toasts, isLookedAt, isHidden])

  const list = (
    <div
      className="toasts"
      aria-live="polite"
      onPointerEnter={() => setOver(true)}
      onPointerLeave={() => setOver(false)}
      onFocus={() => setFocus(true)}
      onBlur={event => setFocus(event.currentTarget.contains(event.relatedTarget))}
    >
      {shown.map(toast => (
        <div key={toast.id} className={`toast toast-${toast.tone}`} role={toast.tone === 'error' ? 'alert' : undefined}>
          <p dir="auto">{toast.text}</p>
          <button
            type="button"
            className="icon-button"
            aria-label="Dismiss"
            onClick={() => {
              if (shown.length === 1) {
                setOver(false)
                setFocus(false)
              }
              toasts.dismiss(toast.id)
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
  return dialog ? createPortal(list, dialog) : list
}
