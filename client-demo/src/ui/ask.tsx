import { Modal } from './modal.tsx'

interface AskProps {
  title: string
  text: string
  /** What the red button says and does. */
  action: string
  onYes: () => void
  onClose: () => void
}

/** Before what cannot be undone. */
export function Ask({ title, text, action, onYes, onClose }: AskProps) {
  return (
    <Modal title={title} className="ask-dialog" onClose={onClose}>
      <p className="modal-body">{text}</p>
      <footer className="modal-foot">
        <span className="bar-space" />
        <button type="button" className="button button-quiet" data-first onClick={onClose}>
          Keep
        </button>
        <button type="button" className="button button-danger" onClick={onYes}>
          {action}
        </button>
      </footer>
    </Modal>
  )
}
