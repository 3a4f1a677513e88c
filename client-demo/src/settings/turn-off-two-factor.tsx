import { useId, useState } from 'react'
import { isTaskwireError } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { FormFoot } from '../ui/form-foot.tsx'
import { ModalForm } from '../ui/modal-form.tsx'
import { Modal } from '../ui/modal.tsx'
import { OwnPassword } from './own-password.tsx'

/** Turning the second factor off needs the password, so that nobody does it who finds an open browser. */
export function TurnOffTwoFactor({ onClose, onOff }: { onClose: () => void; onOff: () => void }) {
  const { client, me } = usePage()
  const formId = useId()
  const [password, setPassword] = useState('')
  const { errors, busy, send } = useSending(error =>
    isTaskwireError(error, 'reauthentication_required')
      ? { fields: {}, whole: 'You signed in a while ago. Sign out and in again, and then do this.' }
      : formErrors(error, ['password']),
  )

  async function turnOff() {
    await client.twoFactor.remove(me.has_password ? { password } : {})
    onOff()
  }

  return (
    <Modal title="Turn two-factor sign-in off?" className="ask-dialog" onClose={onClose}>
      <ModalForm id={formId} onSubmit={form => void send(turnOff, form)}>
        <p>Your password alone signs you in then. Your recovery codes stop working.</p>
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <OwnPassword value={password} error={errors.fields.password} onChange={setPassword} />
      </ModalForm>
      <FormFoot form={formId} action="Turn it off" busy={busy} onClose={onClose} close="Keep it on" isDangerous />
    </Modal>
  )
}
