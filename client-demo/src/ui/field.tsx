import { useEffect, useId, type ReactNode } from 'react'
import { leadToFirstWrong } from './first-wrong.ts'

interface FieldProps {
  label: string
  error?: string | undefined
  hint?: ReactNode
  className?: string
  children: (props: { id: string; dir: 'auto'; 'aria-invalid'?: true; 'aria-describedby'?: string }) => ReactNode
}

/** A labelled control; its error or hint is read out with it. */
export function Field({ label, error, hint, className = '', children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  useEffect(() => {
    if (error !== undefined) return leadToFirstWrong(id)
  }, [error, id])
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        // People write in either direction.
        dir: 'auto',
        ...(error !== undefined && { 'aria-invalid': true as const }),
        ...(note !== undefined && { 'aria-describedby': `${id}-note` }),
      })}
      {note !== undefined && (
        <p id={`${id}-note`} className={error === undefined ? 'hint' : 'field-error'}>
          {note}
        </p>
      )}
    </div>
  )
}
