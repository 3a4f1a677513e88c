import { useId, useState } from 'react'
import { useSending } from '../forms/use-sending.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { ModalForm } from '../ui/modal-form.tsx'
import { Modal } from '../ui/modal.tsx'
import { OwnPassword } from './own-password.tsx'

interface Props {
  onClose: () => void
  onConfirmed: () => Promise<void>
}

/** Asks who it is once more, before something that changes how they sign in. */
export function ConfirmPassword({ onClose, onConfirmed }: Props) {
  const { client, me } = usePage()
  const formId = useId()
  const [password, setPassword] = useState('')
  const { errors, busy, send } = useSending(['password'])

  async function confirm() {
    await client.accounts.reauthenticate({ password })
    await onConfirmed()
  }

  if (!me.has_password) {
    return (
      <Modal title="Sign in once more" className="ask-dialog" onClose={onClose}>
        <p className="modal-body">
          You signed in a while ago. Sign out and sign in again, and then do this within fifteen minutes.
        </p>
      </Modal>
    )
  }
  return (
    <Modal title="Confirm that it is you" className="ask-dialog" onClose={onClose}>
      <ModalForm id={formId} onSubmit={form => void send(confirm, form)}>
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <OwnPassword value={password} error={errors.fields.password} onChange={setPassword} />
      </ModalForm>
      <footer className="modal-foot">
        <span className="bar-space" />
        <button type="submit" form={formId} className="button button-primary" aria-disabled={busy}>
          Confirm
        </button>
      </footer>
    </Modal>
  )
}
