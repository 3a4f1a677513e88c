interface FormFootProps {
  /** The id of the form, which stands in the body of the dialog. */
  form: string
  /** What the form does, on its button. */
  action: string
  busy: boolean
  onClose: () => void
  /** What the way out is called. */
  close?: string
  isDangerous?: boolean
  /** Nothing can be sent, so there is only the way out. */
  isReadOnly?: boolean
  /** A question stands in its place. */
  hidden?: boolean
}

/** The end of a dialog with a form: the way out, and the button that sends the form. */
export const FormFoot = (props: FormFootProps) => (
  <footer className="modal-foot" hidden={props.hidden}>
    <span className="bar-space" />
    <button type="button" className="button button-quiet" onClick={props.onClose}>
      {props.close ?? 'Cancel'}
    </button>
    {!props.isReadOnly && (
      <button
        type="submit"
        form={props.form}
        className={`button ${props.isDangerous ? 'button-danger' : 'button-primary'}`}
        aria-disabled={props.busy}
      >
        {props.action}
      </button>
    )}
  </footer>
)
