import { Modal } from './modal.tsx'

interface NotFoundDialogProps {
  title: string
  /** Why nothing is shown. */
  reason: string
  /** Where the button leads. */
  back: string
  onClose: () => void
}

/** The address leads to something that was deleted, that the person may not see, or that could not be loaded. */
export const NotFoundDialog = ({ title, reason, back, onClose }: NotFoundDialogProps) => (
  <Modal title={title} className="ask-dialog" hasAddress onClose={onClose}>
    <p className="modal-body" role="alert">
      {reason}
    </p>
    <footer className="modal-foot">
      <span className="bar-space" />
      <button type="button" className="button" data-first onClick={onClose}>
        {back}
      </button>
    </footer>
  </Modal>
)
