import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import type { Toasts } from './toasts.ts'

export function ToastList({ toasts }: { toasts: Toasts }) {
  const shown = useStore(toasts.store, all => all)
  return (
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
}
