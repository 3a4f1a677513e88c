import { useState } from 'react'
import { formErrors } from '../form-errors.ts'
import { useSubmit } from '../forms/use-submit.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { client } from '../client.ts'
import { signedIn } from './account.ts'
import { EmailField, type TypedEmail } from './email-field.tsx'
import type { Options } from './options.ts'
import { PasswordInput } from './password-input.tsx'

interface Props extends TypedEmail {
  /** Whether there are new accounts; undefined while nobody knows. */
  registration: Options['registration'] | undefined
  onCreate: () => void
  onForgot: () => void
}

export function SignIn({ email, onEmail, registration, onCreate, onForgot }: Props) {
  const [password, setPassword] = useState('')
  const { errors, busy, submit } = useSubmit(
    async () => signedIn((await client.accounts.login({ email, password })).user),
    error => formErrors(error, ['email', 'password']),
  )

  return (
    <form onSubmit={submit} noValidate>
      <h1>Welcome back</h1>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <EmailField email={email} onEmail={onEmail} autoComplete="username" error={errors.fields.email} />
      <Field label="Password" error={errors.fields.password}>
        {props => <PasswordInput {...props} autoComplete="current-password" value={password} onChange={setPassword} />}
      </Field>
      <button type="submit" className="button button-primary button-wide" aria-disabled={busy}>
        Sign in
      </button>
      <p className="welcome-switch">
        <button type="button" className="link-button" onClick={onForgot}>
          Forgot password?
        </button>
      </p>
      {registration === 'open' && (
        <p className="welcome-switch">
          New here?{' '}
          <button type="button" className="link-button" onClick={onCreate}>
            Create account
          </button>
        </p>
      )}
      {registration === 'closed' && (
        <p className="welcome-switch">New here? Ask an administrator of this server for an account.</p>
      )}
      <details className="first-run">
        <summary>First start of this server?</summary>
        <p>
          It made an administrator and printed the login in the terminal where it runs. Look for the block with the
          address of this page.
        </p>
      </details>
    </form>
  )
}
