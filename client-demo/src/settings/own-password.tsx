import { usePage } from '../lib/use-page.ts'
import { Field } from '../ui/field.tsx'
import { PasswordInput } from '../ui/password-input.tsx'

interface OwnPasswordProps {
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

/** Asks for the person's own password, with their address for the browser's password manager. */
export function OwnPassword({ value, error, onChange }: OwnPasswordProps) {
  const { me } = usePage()
  return (
    <>
      <input type="text" autoComplete="username" value={me.email} readOnly hidden />
      {me.has_password && (
        <Field label="Your password" error={error}>
          {props => <PasswordInput {...props} autoComplete="current-password" value={value} onChange={onChange} />}
        </Field>
      )}
    </>
  )
}
