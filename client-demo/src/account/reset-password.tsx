import { useState } from 'react'
import { client } from '../lib/client.ts'
import { formErrors, type FormErrors } from '../lib/form-errors.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { replacePath } from '../lib/router.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { FormFoot } from './form-foot.tsx'
import { PasswordInput } from '../ui/password-input.tsx'

function explain(error: unknown): FormErrors {
  const found = formErrors(error, ['new_password', 'token'])
  const spent = found.fields.token && 'This link has been used or is too old. Ask for a new one.'
  return spent ? { ...found, whole: spent } : found
}

interface Props {
  /** Of the address; empty = it is to be typed. */
  token: string
  /** Who is signed in here. The link may be somebody else's. */
  signedInAs: string | undefined
  onDone: (said: string) => void
}

const changed = 'Your password is changed.'

/** Where the letter of a reset leads: a new password for the token in the address. */
export function ResetPassword({ token: given, signedInAs, onDone }: Props) {
  const [typed, setTyped] = useState('')
  const [password, setPassword] = useState('')
  const [isDone, setDone] = useState(false)
  const { errors, busy, submit } = useSubmit(async () => {
    await client.accounts.resetPassword({ token: given || typed.trim(), new_password: password })
    if (signedInAs === undefined) leave(`${changed} Sign in with the new one.`)
    else setDone(true)
  }, explain)

  function leave(said: string) {
    replacePath('/')
    onDone(said)
  }

  if (isDone) {
    return (
      <>
        <h1>{changed}</h1>
        <p className="notice" role="alert">
          {signedInAs === undefined
            ? 'Sign in with the new one.'
            : `It is good for the next sign-in. Here ${signedInAs} is still signed in.`}
        </p>
        <button type="button" className="button button-primary button-wide" onClick={() => leave('')}>
          {signedInAs === undefined ? 'Sign in' : `Go on as ${signedInAs}`}
        </button>
      </>
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <h1>Choose a new password</h1>
      {signedInAs !== undefined && (
        <p className="notice">
          You are signed in here as {signedInAs}. The new password is for the account that the link was made for.
        </p>
      )}
      <ErrorNotice>{errors.whole}</ErrorNotice>
      {given === '' && (
        <Field label="Token" error={errors.fields.token} hint="From the letter, or from an administrator">
          {props => (
            <input
              {...props}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              required
              value={typed}
              onChange={event => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      <Field label="New password" error={errors.fields.new_password} hint="At least 8 characters">
        {props => <PasswordInput {...props} autoComplete="new-password" value={password} onChange={setPassword} />}
      </Field>
      <FormFoot
        action="Change it"
        isOff={busy}
        ways={[
          {
            label: signedInAs === undefined ? 'Sign in instead' : `Go on as ${signedInAs}`,
            onGo: () => leave(''),
          },
        ]}
      />
    </form>
  )
}
