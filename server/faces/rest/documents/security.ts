import { keyNeedOf } from '../../../../contract/index.ts'
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
  ApiKeyAuth: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description:
      'A key that somebody made at `/api-keys`, for their programs. `x-permission` of an operation names the permission that ' +
      'the key needs; operations without this scheme take no keys. Never together with `Authorization`.',
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
  const byKey: Requirement[] = keyNeedOf(operation) === 'never' ? [] : [{ ApiKeyAuth: [] }]
  return [{ bearer: [] }, ...byKey, operation.method === 'get' ? { cookie: [] } : { cookie: [], csrf: [] }]
}

/** What an API key needs for an endpoint, in words and for programs; nothing where keys are not taken. */
export function permissionOf({ operation }: Endpoint): Json {
  if (operation.access === 'public') return {}
  const need = keyNeedOf(operation)
  if (need === 'never') return { description: 'API keys may not call this.' }
  if (need === 'rooms')
    return {
      description:
        'An API key needs the permissions to join the rooms: of the resource for a topic, `projects:read` for a project, ' +
        '`notifications:read` for one’s own room, `admin` for others. It gets the events of what it may read.',
      'x-permission': 'rooms',
    }
  return { description: `An API key needs the permission \`${need}\`.`, 'x-permission': need }
}
