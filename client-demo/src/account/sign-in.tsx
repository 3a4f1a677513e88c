import { useState } from 'react'
import { secondFactorChallenge } from '../../../sdk/index.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { client } from '../lib/client.ts'
import { signedIn } from '../session/account.ts'
import { EmailField, type TypedEmail } from './email-field.tsx'
import type { Options } from './options.ts'
import { FormFoot } from './form-foot.tsx'
import { SecondFactor } from './second-factor.tsx'
import { SignOnButtons } from './sign-on-buttons.tsx'
import { PasswordInput } from '../ui/password-input.tsx'

interface Props extends TypedEmail {
  /** Whether there are new accounts; undefined while nobody knows. */
  registration: Options['registration'] | undefined
  onCreate: () => void
  onForgot: () => void
}

export function SignIn({ email, onEmail, registration, onCreate, onForgot }: Props) {
  const [password, setPassword] = useState('')
  const [challenge, setChallenge] = useState<string>()
  const { errors, busy, submit } = useSubmit(
    async () => {
      try {
        signedIn((await client.accounts.login({ email, password })).user)
      } catch (error) {
        const needed = secondFactorChallenge(error)
        if (needed === null) throw error
        setChallenge(needed)
      }
    },
    ['email', 'password'],
    { staysOpen: true },
  )
  if (challenge !== undefined) return <SecondFactor challenge={challenge} onBack={() => setChallenge(undefined)} />

  return (
    <form onSubmit={submit} noValidate>
      <h1>Welcome back</h1>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <EmailField email={email} onEmail={onEmail} autoComplete="username" error={errors.fields.email} />
      <Field label="Password" error={errors.fields.password}>
        {props => <PasswordInput {...props} autoComplete="current-password" value={password} onChange={setPassword} />}
      </Field>
      <FormFoot
        action="Sign in"
        isOff={busy}
        ways={[
          { label: 'Forgot password?', onGo: onForgot },
          ...(registration === 'open' ? [{ before: 'New here?', label: 'Create account', onGo: onCreate }] : []),
        ]}
      />
      <SignOnButtons />
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
