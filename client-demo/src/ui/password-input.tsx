import { useState } from 'react'

interface PasswordInputProps {
  id: string
  'aria-invalid'?: true
  'aria-describedby'?: string
  autoComplete: 'current-password' | 'new-password'
  value: string
  onChange: (value: string) => void
}

export function PasswordInput({ onChange, ...props }: PasswordInputProps) {
  const [shown, setShown] = useState(false)
  return (
    <span className="with-button">
      <input
        {...props}
        type={shown ? 'text' : 'password'}
        required
        spellCheck={false}
        autoCapitalize="off"
        onChange={event => onChange(event.target.value)}
      />
      <button type="button" aria-controls={props.id} onClick={() => setShown(!shown)}>
        {shown ? 'Hide' : 'Show'}
      </button>
    </span>
  )
}
