import { userSchema } from './scim-user.ts'

/** The most users in one answer. */
export const mostResults = 100

const attribute = (name: string, more: object = {}) => ({
  name,
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
})

/** What this server can (RFC 7643, section 5). */
export const serviceProviderConfig = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: mostResults },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'API key',
      description: 'An API key of an administrator with the permission admin, as a Bearer token or in X-API-Key',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

export const userResourceType = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
  id: 'User',
  name: 'User',
  endpoint: '/Users',
  description: 'An account',
  schema: userSchema,
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
})

/** The attributes that are kept; others of the schema are accepted and dropped. */
export const userSchemaDocument = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id: userSchema,
  name: 'User',
  description: 'An account',
  attributes: [
    attribute('userName', { required: true, uniqueness: 'server', description: 'What the provider calls the person' }),
    attribute('displayName', { description: 'How others see the person' }),
    attribute('name', {
      type: 'complex',
      description: 'The name, as one text',
      subAttributes: [attribute('formatted', { description: 'The same as displayName' })],
    }),
    attribute('emails', {
      type: 'complex',
      multiValued: true,
      description: 'One address; of several the primary one, or else the first',
      subAttributes: [
        attribute('value', { description: 'The address' }),
        attribute('type', { canonicalValues: ['work'], description: 'work', mutability: 'readOnly' }),
        attribute('primary', { type: 'boolean', description: 'true', mutability: 'readOnly' }),
      ],
    }),
    attribute('active', { type: 'boolean', description: 'Whether the person may sign in' }),
  ],
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${userSchema}` },
})
