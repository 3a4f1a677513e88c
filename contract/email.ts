import { z } from 'zod'
import { limits } from './limits.ts'

/** White space around an address may make it longer than an address can be. */
const mostGiven = 2 * limits.email

/** Contacts and mail programs put marks of reading direction around an address; chats add spaces without a width. */
const around = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu

/** What browsers accept in an e-mail field (HTML, "valid e-mail address"); mail servers accept the same. */
const htmlAddress =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

/** A domain with non-ASCII letters in the form that DNS uses; null when it is not a domain. */
function asciiDomain(domain: string): string | null {
  try {
    // The text may only be a host: in a URL these characters would end it or begin another part.
    return /[/?#@:\\[\]%]/.test(domain) ? null : new URL(`http://${domain}`).hostname
  } catch {
    return null
  }
}

/**
 * The normal form of an e-mail address: without white space and invisible characters around it, and with an
 * internationalised domain in ASCII (`bücher.example` is `xn--bcher-kva.example`). The case of letters is kept;
 * comparisons of addresses ignore it.
 *
 * @returns null when it is not an address
 */
export function normalEmail(given: string): string | null {
  // The expression takes time in proportion to the square of a long text.
  if (given.length > mostGiven) return null
  const address = given.replace(around, '')
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  const ascii = /[\u0080-\uffff]/.test(domain) ? asciiDomain(domain) : domain
  if (at < 1 || ascii === null) return null
  const normal = `${address.slice(0, at)}@${ascii}`
  return htmlAddress.test(normal) && normal.length <= limits.email ? normal : null
}

/** A part of an address as it is stored: an internationalised domain in ASCII, if the text has a whole domain. */
export function storedPart(search: string): string {
  const text = search.replace(around, '')
  const at = text.lastIndexOf('@') + 1
  const domain = text.slice(at)
  return text.slice(0, at) + ((/[\u0080-\uffff]/.test(domain) && asciiDomain(domain)) || domain)
}

const tooLong = `must have at most ${limits.email} characters`

/** The address of the caller's own account. */
export const emailIn = z
  .string()
  .max(mostGiven, tooLong)
  .transform((given, context) => {
    const normal = normalEmail(given)
    if (normal === null) context.addIssue({ code: 'custom', message: 'must be an e-mail address' })
    return normal ?? z.NEVER
  })

/** An address for a lookup. A text that is not an address finds nobody, without an error. */
export const emailToFind = z
  .string()
  .max(mostGiven, tooLong)
  .transform(given => normalEmail(given) ?? '')
