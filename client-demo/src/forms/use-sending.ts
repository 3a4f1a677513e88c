import { useState, type FormEvent } from 'react'
import { noErrors, type FormErrors } from '../form-errors.ts'
import { sealed } from './sealed.ts'

/**
 * Sending a form that is gone once it was taken. While it is on its way a second click does nothing.
 *
 * @param send throws when it was refused
 * @param explain what was thrown, in words for the form
 */
export function useSubmit(send: () => Promise<void>, explain: (error: unknown) => FormErrors) {
  const [errors, setErrors] = useState(noErrors)
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setErrors(noErrors)
    try {
      await sealed(event.currentTarget, send)
    } catch (error) {
      setErrors(explain(error))
      setBusy(false)
    }
  }

  return { errors, busy, submit }
}
