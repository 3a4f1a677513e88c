import { useState } from 'react'
import { PasswordInput } from '../ui/password-input.tsx'
import { useSubmit } from '../forms/use-sending.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'

export function PasswordForm() {
  const { client, toasts, me } = usePage()
  const [current, setCurrent] = useState('')
  const [wanted, setWanted] = useState('')
  const { errors, busy, submit } = useSubmit(save, ['current_password', 'new_password'], { staysOpen: true })

  async function save() {
    await client.accounts.changePassword({ current_password: current, new_password: wanted })
    setCurrent('')
    setWanted('')
    toasts.say('Your password is changed. All other sessions have ended.')
  }

  // Whoever signs in elsewhere has none to change.
  if (!me.has_password) return null
  return (
    <section className="panel" aria-labelledby="change-password">
      <h2 id="change-password">Change password</h2>
      <form className="stack" onSubmit={submit} noValidate>
        {/* For the browser's password manager. */}
        <input type="text" autoComplete="username" value={me.email} readOnly hidden />
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <div className="pair">
          <Field label="Current password" error={errors.fields.current_password}>
            {props => (
              <PasswordInput {...props} autoComplete="current-password" value={current} onChange={setCurrent} />
            )}
          </Field>
          <Field label="New password" error={errors.fields.new_password} hint="At least 8 characters">
            {props => <PasswordInput {...props} autoComplete="new-password" value={wanted} onChange={setWanted} />}
          </Field>
        </div>
        <button type="submit" className="button" aria-disabled={busy}>
          Change it
        </button>
      </form>
    </section>
  )
}
