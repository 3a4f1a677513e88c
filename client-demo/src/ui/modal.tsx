import { useEffect, useEffectEvent, useId, useRef, type ReactNode } from 'react'
import { belongsToComposition } from '../lib/composition.ts'
import { openStep } from '../lib/router.ts'
import { createStore } from '../lib/store.ts'
import { Icon } from './icon.tsx'

interface ModalProps {
  title: string
  className?: string
  onClose: () => void
  /** When one goes back in the history, after which nothing can be asked any more; the same, if it is not given. */
  onBack?: () => void
  /** It has an address of its own, and is closed by leaving that. */
  hasAddress?: boolean
  /** What stands beside its title, before the button that closes it. */
  tools?: ReactNode
  children: ReactNode
}

/** The dialogs that are open, the topmost last: what is outside of it nobody can reach, and few can see. */
export const openDialogs = createStore<readonly HTMLDialogElement[]>([])

/**
 * The browser's own dialog: it keeps the focus, makes the rest inert, and gives the focus back. The focus begins on what
 * has `data-first`: React's `autoFocus` comes too early, while the dialog is still closed.
 */
export function Modal({
  title,
  className = '',
  onClose,
  onBack = onClose,
  hasAddress = false,
  tools,
  children,
}: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const close = useEffectEvent(onClose)
  const goBack = useEffectEvent(onBack)

  useEffect(() => {
    if (!hasAddress) return openStep(() => goBack())
  }, [hasAddress])

  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    if (element) openDialogs.set(all => [...all, element])
    const first =
      element?.querySelector<HTMLElement>('[data-first]') ?? element?.querySelector<HTMLElement>('.modal-close')
    first?.focus()
    const cancel = (event: Event) => {
      event.preventDefault()
      if (!belongsToComposition()) close()
    }
    // A browser lets the second Escape in a row through, whatever we say: what is still wanted comes back.
    const reopen = () => element?.isConnected && element.showModal()
    element?.addEventListener('cancel', cancel)
    element?.addEventListener('close', reopen)
    return () => {
      element?.removeEventListener('cancel', cancel)
      element?.removeEventListener('close', reopen)
      openDialogs.set(all => all.filter(other => other !== element))
      element?.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])

  return (
    <dialog
      ref={dialog}
      className={`modal ${className}`}
      aria-labelledby={heading}
      onPointerDown={event => event.target === dialog.current && onClose()}
    >
      <div className="modal-frame">
        <header className="modal-head">
          <h2 id={heading}>{title}</h2>
          <span className="bar-space" />
          {tools}
          <button type="button" className="icon-button modal-close" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
