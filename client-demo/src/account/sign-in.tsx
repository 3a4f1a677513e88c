import { useState } from 'react'
import { formErrors } from '../form-errors.ts'
import { useSubmit } from '../forms/use-submit.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { client } from '../client.ts'
import { signedIn } from './account.ts'
import { PasswordInput } from './password-input.tsx'

interface Props {
  onCreate: () => void
  /** @param email as far as it was typed */
  onForgot: (email: string) => void
}

export function SignIn({ onCreate, onForgot }: Props) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { errors, busy, submit } = useSubmit(
    async () => signedIn((await client.accounts.login({ email, password })).user),
    error => formErrors(error, ['email', 'password']),
  )

  return (
    <form onSubmit={submit} noValidate>
      <h1>Welcome back</h1>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <Field label="Email" error={errors.fields.email}>
        {props => (
          <input
            {...props}
            type="email"
            autoComplete="username"
            autoFocus
            required
            value={email}
            onChange={event => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" error={errors.fields.password}>
        {props => <PasswordInput {...props} autoComplete="current-password" value={password} onChange={setPassword} />}
      </Field>
      <button type="submit" className="button button-primary button-wide" aria-disabled={busy}>
        Sign in
      </button>
      <p className="welcome-switch">
        <button type="button" className="link-button" onClick={() => onForgot(email)}>
          Forgot password?
        </button>
      </p>
      <p className="welcome-switch">
        New here?{' '}
        <button type="button" className="link-button" onClick={onCreate}>
          Create account
        </button>
      </p>
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
