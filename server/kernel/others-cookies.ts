/** By these we know a person; a browser sends the ones of an address higher up on the same host as well. */
const tokens = ['auth_token', 'access_token']
/** Read by the page alone, which finds its own first. */
const forThePage = 'csrf_token'

/**
 * A Cookie header without what another Taskwire on the same host has set, at `/` when we are at `/board`: of a token that
 * is there several times those are kept that we have signed. Where that leaves two, or none is ours to tell apart, it is
 * refused as ever (`readCookies`).
 *
 * @param isOurs whether we have signed a token
 */
export function withoutOthersCookies(header: string, isOurs: (token: string) => boolean): string {
  const pairs = header.split(';').map(pair => {
    const [name = '', ...value] = pair.split('=')
    return { pair, name: name.trim(), value: value.join('=').trim() }
  })
  const count = (wanted: string) => pairs.filter(({ name }) => name === wanted).length
  const twice = [...tokens, forThePage].filter(name => count(name) > 1)
  if (twice.length === 0) return header
  return pairs
    .filter(({ name, value }) => !twice.includes(name) || (name !== forThePage && isOurs(value)))
    .map(({ pair }) => pair)
    .join(';')
}
