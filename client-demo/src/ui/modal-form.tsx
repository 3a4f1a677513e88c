import type { ReactNode } from 'react'

interface ModalFormProps {
  /** Buttons in the footer of the dialog name it, because they stand outside of the form. */
  id: string
  onSubmit: (form: HTMLFormElement) => void
  children: ReactNode
}

/** The body of a dialog that is a form. The page shows what is wrong by itself, so the browser does not. */
export const ModalForm = ({ id, onSubmit, children }: ModalFormProps) => (
  <form
    id={id}
    className="modal-body"
    noValidate
    onSubmit={event => {
      event.preventDefault()
      onSubmit(event.currentTarget)
    }}
  >
    {children}
  </form>
)
