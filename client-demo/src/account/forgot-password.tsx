import { useState } from 'react'
import { client } from '../lib/client.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { goTo } from '../lib/router.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { FormFoot } from './form-foot.tsx'
import { EmailField, type TypedEmail } from './email-field.tsx'

interface Props extends TypedEmail {
  /** Whether the server sends e-mail; undefined while nobody knows. */
  mail: boolean | undefined
  onBack: () => void
}

/** Asks for a link by e-mail where the server sends any; otherwise says whom to ask. */
export function ForgotPassword({ email, onEmail, mail, onBack }: Props) {
  const [foundOut, setFoundOut] = useState<boolean>()
  const [sentTo, setSentTo] = useState<string>()
  const sendsMail = foundOut ?? mail
  const isAsking = sendsMail === true && sentTo === undefined
  const { errors, busy, submit } = useSubmit(async () => {
    const answer = await client.accounts.forgotPassword({ email })
    setFoundOut(answer.mail)
    if (answer.mail) setSentTo(email.trim())
  }, ['email'])

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
      {isAsking && (
        <>
          <ErrorNotice>{errors.whole}</ErrorNotice>
          <EmailField
            email={email}
            onEmail={onEmail}
            autoComplete="username"
            error={errors.fields.email}
            hint="We send you a link to set a new password"
          />
        </>
      )}
      <FormFoot
        action={isAsking ? 'Send the link' : null}
        isOff={busy || email.trim() === ''}
        ways={[
          { label: 'I have a token', onGo: () => goTo('/reset-password') },
          { label: 'Back to signing in', onGo: onBack },
        ]}
      />
    </form>
  )
}
