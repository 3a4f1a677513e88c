import { hostCookie } from './cookies.ts'

/** The cookies that identify a person. A browser also sends those of a server at a higher path of the same host. */
const tokens = ['auth_token', 'access_token']
/** Only the page reads it, and the page finds its own cookie first. */
const forThePage = 'csrf_token'

/**
 * For a server below a path: removes from a Cookie header what another Taskwire on the same host has set (one at `/` when this one is at
 * `/board`). When a token occurs several times, only those that this server has signed are kept. When two remain, or
 * none can be recognised as ours, `readCookies` refuses the request as usual.
 *
 * @param isOurs whether this server has signed a token
 */
export function withoutOthersCookies(header: string, isOurs: (token: string) => boolean): string {
  const pairs = header.split(';').map(pair => {
    const [name = '', ...value] = pair.split('=')
    return { pair, name: name.trim(), value: value.join('=').trim() }
  })
  const count = (wanted: string) => pairs.filter(({ name }) => name === wanted).length
  const twice = [...tokens, forThePage].filter(name => count(name) > 1)
  // Only a server at `/` sets it.
  const isForeign = count(hostCookie) > 0
  if (twice.length === 0 && !isForeign) return header
  return pairs
    .filter(({ name }) => name !== hostCookie)
    .filter(({ name, value }) => !twice.includes(name) || (name !== forThePage && isOurs(value)))
    .map(({ pair }) => pair)
    .join(';')
}
