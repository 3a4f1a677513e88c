import { parse } from 'cookie'
import { invalid } from './errors.ts'

const names = ['auth_token', 'access_token', 'refresh_token', 'csrf_token'] as const
type Name = (typeof names)[number]

const isOurs = (name: string): name is Name => (names as readonly string[]).includes(name)

/**
 * The cookies of ours in a Cookie header. A name that is there twice is refused: a sibling domain can set a second
 * cookie of the same name, and the header does not say which of the two we have set.
 *
 * @throws AppError `validation_error` on `Cookie`
 */
export function readCookies(header = ''): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const pair of header.split(';')) {
    for (const [name, value] of Object.entries(parse(pair))) {
      if (!isOurs(name)) continue
      if (found[name] !== undefined) {
        throw invalid({ Cookie: `has ${name} more than once; delete the cookies of this site and sign in again` })
      }
      found[name] = value ?? ''
    }
  }
  return found
}
