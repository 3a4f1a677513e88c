import { useState } from 'react'
import { useSubmit } from '../forms/use-sending.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { QrCode } from './qr-code.tsx'

export interface Offered {
  secret: string
  otpauth_url: string
}

interface Props {
  offered: Offered
  onOn: (recoveryCodes: readonly string[]) => void
  onCancel: () => void
}

/** The secret for the app as a picture and as text, and the first code that shows that the app has it. */
export function SetUpApp({ offered, onOn, onCancel }: Props) {
  const { client } = usePage()
  const [code, setCode] = useState('')
  const { errors, busy, submit } = useSubmit(
    async () => onOn((await client.twoFactor.confirm({ code: code.trim() })).recovery_codes),
    ['code'],
    { staysOpen: true },
  )

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <div className="set-up-app">
        <QrCode text={offered.otpauth_url} label="QR code for your authenticator app" />
        <div className="stack">
          <p>Scan this picture with an authenticator app, or type the secret into it:</p>
          <code className="secret" aria-label="Secret for the app">
            {offered.secret.match(/.{1,4}/g)?.join(' ')}
          </code>
          <Field label="Code of the app" error={errors.fields.code} hint="Six digits">
            {props => (
              <input
                {...props}
                autoComplete="one-time-code"
                inputMode="numeric"
                required
                value={code}
                onChange={event => setCode(event.target.value)}
              />
            )}
          </Field>
        </div>
      </div>
      <div className="row">
        <button type="submit" className="button button-primary" aria-disabled={busy || code.trim() === ''}>
          Turn it on
        </button>
        <button type="button" className="button button-quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
