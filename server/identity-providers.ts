import { createOutbound } from './adapters/outbound-http.ts'
import type { Config } from './config.ts'
import type { IdentityProvider } from './ports/identity-provider.ts'

/** The issuers at which people may sign in. What speaks OpenID Connect is loaded only for those who have one. */
export async function openProviders({ oidcProviders = [] }: Config): Promise<IdentityProvider[]> {
  if (oidcProviders.length === 0) return []
  const { createOidcProvider } = await import('./adapters/identity-provider-oidc.ts')
  const toIssuers = createOutbound({ allowPrivate: true })
  return oidcProviders.map(one => createOidcProvider(one, toIssuers))
}
