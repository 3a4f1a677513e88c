import { isTaskwireError, type TaskwireError } from '../../../sdk/index.ts'

export interface FormErrors {
  fields: Readonly<Record<string, string>>
  /** What belongs to no field of the form. */
  whole: string | null
}

export const noErrors: FormErrors = { fields: {}, whole: null }

const sentences: Partial<Record<string, string>> = {
  network_error: 'The server does not answer. Check the connection and try again.',
  rate_limited: 'Too many tries. Wait a moment and try again.',
  invalid_credentials: 'This e-mail and password do not belong together.',
  account_disabled: 'This account is disabled. Ask an administrator.',
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** Until when somebody has to wait who did too much, by the clock that they see. */
function untilWhen({ retryAfterMs }: TaskwireError): string | undefined {
  if (retryAfterMs === undefined || retryAfterMs < 5_000) return undefined
  return `That was too much in a short time. You can go on at ${clock.format(new Date(Date.now() + retryAfterMs))}.`
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Sorts what the server said to the fields of a form; `names` are the fields that it has. */
export function formErrors(error: unknown, names: readonly string[]): FormErrors {
  if (!isTaskwireError(error)) return { fields: {}, whole: 'Something went wrong. Try again.' }
  const fields: Record<string, string> = {}
  const others: string[] = []
  for (const [name, messages] of Object.entries(error.fieldErrors)) {
    if (names.includes(name)) fields[name] = upper(messages.join('; '))
    else others.push(`${name}: ${messages.join('; ')}`)
  }
  if (Object.keys(fields).length > 0 && others.length === 0) return { fields, whole: null }
  return { fields, whole: wholeOf(error, others) }
}

const wholeOf = (error: TaskwireError, others: string[]): string =>
  (error.code === 'rate_limited' ? untilWhen(error) : undefined) ??
  sentences[error.code] ??
  [error.message, ...others].join(' ')

/** What the server has, when somebody else has changed it meanwhile. */
export const currentIn = <T>(error: unknown): T | undefined =>
  isTaskwireError(error, 'version_conflict') ? (error.details as { current?: T }).current : undefined
