import { useState } from 'react'
import { isTaskwireError } from '../../../sdk/index.ts'
import { formErrors, type FormErrors } from '../lib/form-errors.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { client } from '../lib/client.ts'
import { signedIn } from '../session/account.ts'
import { EmailField, type TypedEmail } from './email-field.tsx'
import { FormFoot } from './form-foot.tsx'
import { PasswordInput } from '../ui/password-input.tsx'

/** A username that the rules allow, made of the part before the @. */
export function usernameFrom(email: string): string {
  const local = (email.split('@')[0] ?? '').replace(/[^A-Za-z0-9_.-]+/g, '').replace(/^[_.-]+|[_.-]+$/g, '')
  const lettered = /[A-Za-z]/.test(local) ? local : `user${local}`
  return lettered.length >= 3 ? lettered.slice(0, 36).replace(/[_.-]+$/, '') : `${lettered}.user`
}

function explain(error: unknown): FormErrors {
  const found = formErrors(error, ['email', 'password', 'username', 'name'])
  const closed = isTaskwireError(error, 'forbidden')
  return closed ? { ...found, whole: 'This server takes no new accounts. Ask its administrator for one.' } : found
}

interface Props extends TypedEmail {
  onBack: () => void
}

export function CreateAccount({ email, onEmail, onBack }: Props) {
  const [password, setPassword] = useState('')
  const [username, setUsername] = useState('')
  const [name, setName] = useState('')

  const register = (chosen: string) =>
    client.accounts.register({ email, password, username: chosen, ...(name.trim() !== '' && { name: name.trim() }) })

  /** A username that nobody chose may be anything that is free. */
  async function registerWithAnyName() {
    if (username !== '') return await register(username)
    const proposed = usernameFrom(email)
    try {
      return await register(proposed)
    } catch (error) {
      if (!isTaskwireError(error, 'conflict') || !error.fieldErrors.username || error.fieldErrors.email) throw error
      return await register(`${proposed}${String(Date.now()).slice(-4)}`)
    }
  }

  const { errors, busy, submit } = useSubmit(async () => signedIn((await registerWithAnyName()).user), explain)

  return (
    <form onSubmit={submit} noValidate>
      <h1>Join the board</h1>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <EmailField email={email} onEmail={onEmail} autoComplete="email" error={errors.fields.email} />
      <Field label="Password" error={errors.fields.password} hint="At least 8 characters">
        {props => <PasswordInput {...props} autoComplete="new-password" value={password} onChange={setPassword} />}
      </Field>
      <div className="pair">
        <Field label="Name" error={errors.fields.name} hint="How others see you">
          {props => (
            <input {...props} autoComplete="name" value={name} onChange={event => setName(event.target.value)} />
          )}
        </Field>
        <Field label="Username" error={errors.fields.username} hint="Optional">
          {props => (
            <input
              {...props}
              autoComplete="nickname"
              autoCapitalize="off"
              spellCheck={false}
              placeholder={email.includes('@') ? usernameFrom(email) : ''}
              value={username}
              onChange={event => setUsername(event.target.value)}
            />
          )}
        </Field>
      </div>
      <FormFoot action="Create account" isOff={busy} ways={[{ label: 'I have an account', onGo: onBack }]} />
    </form>
  )
}
