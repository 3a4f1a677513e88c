import { useState } from 'react'
import { formErrors, type FormErrors } from '../form-errors.ts'
import { useSubmit } from '../forms/use-submit.ts'
import { replacePath } from '../router.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { client } from '../client.ts'
import { PasswordInput } from './password-input.tsx'

function explain(error: unknown): FormErrors {
  const found = formErrors(error, ['new_password', 'token'])
  const spent = found.fields.token && 'This link has been used or is too old. Ask an administrator for a new one.'
  return spent ? { ...found, whole: spent } : found
}

/** Where the letter of a reset leads: a new password for the token in the address. */
export function ResetPassword({ token, onDone }: { token: string; onDone: (said: string) => void }) {
  const [password, setPassword] = useState('')
  const { errors, busy, submit } = useSubmit(async () => {
    await client.accounts.resetPassword({ token, new_password: password })
    leave('Your password is changed. Sign in with the new one.')
  }, explain)

  function leave(said: string) {
    replacePath('/')
    onDone(said)
  }

  return (
    <form onSubmit={submit} noValidate>
      <h1>Choose a new password</h1>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <Field label="New password" error={errors.fields.new_password} hint="At least 8 characters">
        {props => <PasswordInput {...props} autoComplete="new-password" value={password} onChange={setPassword} />}
      </Field>
      <button type="submit" className="button button-primary button-wide" aria-disabled={busy}>
        Change it
      </button>
      <p className="welcome-switch">
        <button type="button" className="link-button" onClick={() => leave('')}>
          Sign in instead
        </button>
      </p>
    </form>
  )
}
