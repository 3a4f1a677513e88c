function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** The user and the password of a URL, decoded; null when a `%` in them begins no code (`%25` is the code of `%`). */
export function loginOf(url: URL): { username: string; password: string } | null {
  const [username, password] = [decoded(url.username), decoded(url.password)]
  return username === null || password === null ? null : { username, password }
}

/** Whether a text is a URL with one of these protocols, and a login and a path that can be decoded. */
export function isUrlOf(text: string, protocol: RegExp): boolean {
  const url = URL.parse(text)
  return url !== null && protocol.test(url.protocol) && loginOf(url) !== null && decoded(url.pathname) !== null
}
