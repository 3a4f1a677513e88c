import { useRef, useState, type FormEvent } from 'react'
import { formErrors, noErrors, type FormErrors } from '../lib/form-errors.ts'
import { sealed } from './sealed.ts'

/** The fields of the form, as the server calls them; or what was thrown, in words for the form. */
export type Explain = readonly string[] | ((error: unknown) => FormErrors)

interface SendingOptions {
  /** The form is still there when it was taken, and can be sent again; otherwise it is busy until it is gone. */
  staysOpen?: boolean
}

/** What every form has: while it is on its way a second click does nothing, and when it was refused it says why. */
export function useSending(explain: Explain, { staysOpen = false }: SendingOptions = {}) {
  const [errors, setErrors] = useState(noErrors)
  const [busy, setBusy] = useState(false)
  const isBusy = useRef(false)

  function mark(is: boolean) {
    isBusy.current = is
    setBusy(is)
  }

  /**
   * @param work throws when it was refused
   * @param form nothing can be typed into it meanwhile, for that would not be sent
   * @returns whether it was taken
   */
  async function send(work: () => Promise<void>, form?: HTMLFormElement): Promise<boolean> {
    if (isBusy.current) return false
    mark(true)
    setErrors(noErrors)
    try {
      await (form ? sealed(form, work) : work())
      if (staysOpen) mark(false)
      return true
    } catch (error) {
      setErrors(typeof explain === 'function' ? explain(error) : formErrors(error, explain))
      mark(false)
      return false
    }
  }

  return {
    errors,
    busy,
    send,
    /** Before it is sent: what the page knows to be wrong by itself. */
    refuse: (fields: FormErrors['fields']) => setErrors({ fields, whole: null }),
  }
}

/** A form that does one thing. @param send throws when it was refused */
export function useSubmit(send: () => Promise<void>, explain: Explain, options?: SendingOptions) {
  const sending = useSending(explain, options)
  return {
    ...sending,
    submit(event: FormEvent<HTMLFormElement>) {
      event.preventDefault()
      void sending.send(send, event.currentTarget)
    },
  }
}
