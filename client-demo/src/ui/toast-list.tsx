import { createPortal } from 'react-dom'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { openDialogs } from './modal.tsx'
import type { Toasts } from './toasts.ts'

/** In the dialog that is open, if one is: whatever lies outside of it is inert, and below it. */
export function ToastList({ toasts }: { toasts: Toasts }) {
  const shown = useStore(toasts.store, all => all)
  const dialog = useStore(openDialogs, all => all.at(-1))
  const list = (
    <div className="toasts" aria-live="polite">
      {shown.map(toast => (
        <div key={toast.id} className={`toast toast-${toast.tone}`} role={toast.tone === 'error' ? 'alert' : undefined}>
          <p>{toast.text}</p>
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => toasts.dismiss(toast.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
  return dialog ? createPortal(list, dialog) : list
}
