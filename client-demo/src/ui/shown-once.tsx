import type { ReactNode } from 'react'
import { Modal } from './modal.tsx'

/** Something that is shown now and never again, a secret for example. */
export const ShownOnce = ({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ReactNode
}) => (
  <Modal title={title} onClose={onClose}>
    <div className="modal-body">{children}</div>
    <footer className="modal-foot">
      <span className="bar-space" />
      <button type="button" className="button button-primary" onClick={onClose}>
        Done
      </button>
    </footer>
  </Modal>
)
