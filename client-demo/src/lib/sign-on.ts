import { basePath } from './base-path.ts'
import { client } from './client.ts'

export type Provider = Awaited<ReturnType<typeof client.identities.providers>>[number]

let asked: Promise<readonly Provider[]> | undefined

/** The providers at which people may sign in; none while the server does not say. They are asked for once. */
export const providers = (): Promise<readonly Provider[]> => {
  asked ??= client.identities.providers().catch(() => {
    asked = undefined
    return []
  })
  return asked
}

/** Where a browser goes to sign in at a provider; it comes back to the view that is open now. */
export const signOnAddress = ({ id }: Provider): string =>
  `${basePath}/api/v1/auth/oidc/${id}/start?${new URLSearchParams({ return_to: `/${withoutError(location.hash)}` })}`

/** Somebody who tries again does not come back to what went wrong before. */
const withoutError = (hash: string) => (hash.includes('sign_in_error=') ? '' : hash)

/**
 * Why signing in at a provider, or linking it, did not work, in words; null when nothing of it stands in the address.
 *
 * @param name what the provider is called, where that is known
 */
export function signOnError(query: URLSearchParams, name = 'The provider'): string | null {
  const code = query.get('sign_in_error')
  if (code === null) return null
  // Anybody can write an address, and name what every object has.
  const sentence = Object.hasOwn(sentences, code) ? sentences[code] : undefined
  return (sentence ?? sentences.unauthenticated!)(name)
}

const sentences: Partial<Record<string, (name: string) => string>> = {
  unavailable: name => `${name} does not answer. Sign in with your password, or try again later.`,
  conflict: name =>
    `There is an account with your e-mail address, or ${name} is linked to another one. ` +
    `Sign in with your password, and link ${name} in the settings.`,
  forbidden: () => 'You have no account here. Ask an administrator of this server for one.',
  account_disabled: () => 'This account is disabled. Ask an administrator.',
  unauthenticated: name => `Signing in with ${name} did not work. Try once more.`,
}
