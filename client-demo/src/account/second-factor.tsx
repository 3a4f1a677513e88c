import { useState } from 'react'
import { isTaskwireError } from '../../../sdk/index.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { client } from '../lib/client.ts'
import { formErrors, type FormErrors } from '../lib/form-errors.ts'
import { signedIn } from '../session/account.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { FormFoot } from './form-foot.tsx'

function explain(error: unknown): FormErrors {
  if (isTaskwireError(error, 'invalid_credentials'))
    return { fields: { code: 'This code is wrong, or it was used already' }, whole: null }
  if (isTaskwireError(error, 'rate_limited'))
    return { fields: {}, whole: 'Too many wrong codes. Use a recovery code, or try again in a quarter of an hour.' }
  if (isTaskwireError(error, 'unauthenticated'))
    return { fields: {}, whole: 'This took too long. Go back, and enter your password again.' }
  return formErrors(error, ['code'])
}

interface Props {
  /** Names the sign-in whose password was right. */
  challenge: string
  onBack: () => void
}

/** The second step of signing in: a code of the authenticator app. */
export function SecondFactor({ challenge, onBack }: Props) {
  const [code, setCode] = useState('')
  const { errors, busy, submit } = useSubmit(
    async () => signedIn((await client.twoFactor.signIn({ challenge, code: code.trim() })).user),
    explain,
  )

  return (
    <form onSubmit={submit} noValidate>
      <h1>Enter your code</h1>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <Field
        label="Code"
        error={errors.fields.code}
        hint="Six digits of your authenticator app, or one of your recovery codes"
      >
        {props => (
          <input
            {...props}
            autoComplete="one-time-code"
            autoCapitalize="off"
            spellCheck={false}
            autoFocus
            required
            value={code}
            onChange={event => setCode(event.target.value)}
          />
        )}
      </Field>
      <FormFoot
        action="Sign in"
        isOff={busy || code.trim() === ''}
        ways={[{ label: 'Back to the password', onGo: onBack }]}
      />
    </form>
  )
}
