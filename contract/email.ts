import { z } from 'zod'
import { limits } from './limits.ts'

/** What browsers accept in a field for an address (HTML, "valid e-mail address"); mail servers accept what it does. */
const htmlAddress =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

/** A domain in other letters than ASCII as the name system knows it; null when it is none. */
function asciiDomain(domain: string): string | null {
  try {
    // A host is all that this may be: in a URL these characters would begin or end something else.
    return /[/?#@:\\[\]%]/.test(domain) ? null : new URL(`http://${domain}`).hostname
  } catch {
    return null
  }
}

/**
 * An e-mail address in its one form: without white space around it, and with an internationalised domain in ASCII
 * (`bücher.example` is `xn--bcher-kva.example`). Letters keep their case, which no comparison of addresses heeds.
 *
 * @returns null when it is no address
 */
export function normalEmail(given: string): string | null {
  const address = given.trim()
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  const ascii = /[\u0080-\uffff]/.test(domain) ? asciiDomain(domain) : domain
  if (at < 1 || ascii === null) return null
  const normal = `${address.slice(0, at)}@${ascii}`
  return htmlAddress.test(normal) && normal.length <= limits.email ? normal : null
}

const tooLong = `must have at most ${limits.email} characters`

/** An address of somebody's own. White space around it may make it longer than an address is. */
export const emailIn = z
  .string()
  .max(2 * limits.email, tooLong)
  .transform((given, context) => {
    const normal = normalEmail(given)
    if (normal === null) context.addIssue({ code: 'custom', message: 'must be an e-mail address' })
    return normal ?? z.NEVER
  })

/** An address to look somebody up by: what is no address is nobody's, which is not said. */
export const emailToFind = z
  .string()
  .max(2 * limits.email, tooLong)
  .transform(given => normalEmail(given) ?? '')
