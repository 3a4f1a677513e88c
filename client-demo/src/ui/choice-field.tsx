import type { ReactNode } from 'react'
import { Field } from './field.tsx'

interface ChoiceFieldProps<T extends string> {
  label: string
  error?: string | undefined
  hint?: ReactNode
  value: T
  /** What may be chosen, by what it is called, in the order in which it is offered. */
  names: Readonly<Record<T, string>>
  onChange: (value: T) => void
  disabled?: boolean | undefined
  /** A dialog begins here. */
  'data-first'?: true
}

/** A labelled choice among a few that are known beforehand. */
export function ChoiceField<T extends string>({ label, error, hint, names, onChange, ...rest }: ChoiceFieldProps<T>) {
  return (
    <Field label={label} error={error} hint={hint}>
      {props => (
        <select {...props} {...rest} onChange={event => onChange(event.target.value as T)}>
          {Object.entries<string>(names).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
