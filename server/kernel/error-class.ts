/** A code that names a kind of fault: ECONNREFUSED, 57P01, `unavailable`. Anything else may hold a name or a value. */
const plainCode = /^[A-Za-z0-9_]{3,40}$/
const mostCauses = 5

/**
 * The kind of an error, in a form that may be shown to everybody: the code of its innermost cause that has one, or the
 * name of its class. Messages are never part of it, because they may contain addresses and values.
 */
export function errorClass(error: unknown): string {
  let found: string | undefined
  let at = error
  for (let depth = 0; at instanceof Error && depth < mostCauses; depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && plainCode.test(code)) found = code
    at = at.cause
  }
  return found ?? (error instanceof Error && plainCode.test(error.name) ? error.name : 'unknown')
}
