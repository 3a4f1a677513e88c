import { Field } from '../ui/field.tsx'

/** The e-mail as it was typed, in whichever form: who goes from one to another need not type it again. */
export interface TypedEmail {
  email: string
  onEmail: (email: string) => void
}

interface EmailFieldProps extends TypedEmail {
  /** What a password manager should offer: the address one signs in with, or any of one's own. */
  autoComplete: 'username' | 'email'
  error?: string | undefined
  hint?: string
}

export function EmailField({ email, onEmail, autoComplete, error, hint }: EmailFieldProps) {
  return (
    <Field label="Email" error={error} hint={hint}>
      {props => (
        <input
          {...props}
          type="email"
          autoComplete={autoComplete}
          autoFocus
          required
          value={email}
          onChange={event => onEmail(event.target.value)}
        />
      )}
    </Field>
  )
}
