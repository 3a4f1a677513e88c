import { useEffect, useState } from 'react'
import { client } from '../client.ts'
import { formErrors } from '../form-errors.ts'
import { useSubmit } from '../forms/use-submit.ts'
import { goTo } from '../router.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'

interface Props {
  email: string
  onBack: () => void
}

/** Asks for a link by e-mail where the server sends any; otherwise says whom to ask. */
export function ForgotPassword({ email: typed, onBack }: Props) {
  const [email, setEmail] = useState(typed)
  const [sendsMail, setSendsMail] = useState<boolean>()
  const [sentTo, setSentTo] = useState<string>()
  useEffect(() => {
    client.accounts.options().then(
      ({ mail }) => setSendsMail(mail),
      // Unknown: the answer to the request says it.
      () => setSendsMail(true),
    )
  }, [])
  const { errors, busy, submit } = useSubmit(
    async () => {
      const { mail } = await client.accounts.forgotPassword({ email })
      setSendsMail(mail)
      if (mail) setSentTo(email.trim())
    },
    error => formErrors(error, ['email']),
  )

  return (
    <form onSubmit={submit} noValidate aria-busy={sendsMail === undefined}>
      <h1>Forgot your password?</h1>
      {sendsMail === false && (
        <p className="notice" role="alert">
          This server does not send e-mail. Ask one of its administrators for a link to set a new password.
        </p>
      )}
      {sentTo !== undefined && (
        <p className="notice" role="alert">
          If {sentTo} belongs to an account, we have sent it a link by e-mail, at most one every five minutes.
        </p>
      )}
      {sendsMail === true && sentTo === undefined && (
        <>
          <ErrorNotice>{errors.whole}</ErrorNotice>
          <Field label="Email" error={errors.fields.email} hint="We send you a link to set a new password">
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
          <button
            type="submit"
            className="button button-primary button-wide"
            aria-disabled={busy || email.trim() === ''}
          >
            Send the link
          </button>
        </>
      )}
      <p className="welcome-switch">
        <button type="button" className="link-button" onClick={() => goTo('/reset-password')}>
          I have a token
        </button>
      </p>
      <p className="welcome-switch">
        <button type="button" className="link-button" onClick={onBack}>
          Back to signing in
        </button>
      </p>
    </form>
  )
}
