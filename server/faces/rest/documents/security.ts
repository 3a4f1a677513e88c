import type { Endpoint } from './endpoints.ts'
import type { Json } from './schemas.ts'

export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `access_token` from signing in. It takes precedence over a cookie.',
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'auth_token',
    description:
      'Set by signing in, over TLS as `__Host-auth_token` unless the server is below a path. `access_token` is an older name.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'refresh_token',
    description: 'Set by signing in, for the paths under `/auth`.',
  },
  csrf: {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF-Token',
    description: 'The value of the cookie `csrf_token`; required for changes that are authenticated by cookie.',
  },
} satisfies Record<string, Json>

type Requirement = Partial<Record<keyof typeof securitySchemes, []>>

/** The credentials that an endpoint accepts; one of several is enough. */
export function securityOf({ id, operation }: Endpoint): Requirement[] {
  if (id === 'accounts.refresh') return [{}, { refreshCookie: [], csrf: [] }]
  if (operation.access === 'public') return []
  return [{ bearer: [] }, operation.method === 'get' ? { cookie: [] } : { cookie: [], csrf: [] }]
}
