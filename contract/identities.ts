import { z } from 'zod'
import { defineOperations, defineResource } from './define.ts'
import { id, idInUrl, instant, listOf, paging } from './primitives.ts'

/** An account elsewhere with which its person signs in here. */
export const Identity = z
  .object({
    id,
    provider: z.string().describe('The id of the provider'),
    provider_name: z.string(),
    email: z.string().nullable().describe('As the provider has it'),
    linked_at: instant,
    last_used_at: instant.nullable(),
  })
  .meta({ id: 'Identity' })
export type Identity = z.output<typeof Identity>

/** A path of the page, so that nobody is led to another site from here. */
const returnTo = z
  .string()
  .max(500)
  .refine(text => /^\/(?![/\\])[!-[\]-~]*$/.test(text), 'must be a path of this site that begins with one slash')

const providerId = z.strictObject({ id: z.string().max(40).describe('The id of a provider') })

/** Signing in with an account elsewhere (OpenID Connect). */
export const identities = defineResource({
  operations: {
    providers: {
      summary: 'The providers at which people may sign in',
      access: 'public',
      method: 'get',
      path: '/auth/providers',
      output: z.array(z.object({ id: z.string(), name: z.string() })),
    },
    list: {
      summary: 'The accounts elsewhere that the caller signs in with',
      access: 'user',
      key: 'never',
      method: 'get',
      path: '/auth/identities',
      query: z.strictObject(paging),
      output: listOf(Identity),
    },
    link: {
      summary:
        'Begin to link an account elsewhere: open the address in the answer, in the same browser, within two minutes',
      access: 'user',
      key: 'never',
      recent: true,
      method: 'post',
      path: '/auth/oidc/:id/link',
      params: providerId,
      body: z.strictObject({ return_to: returnTo.default('/') }),
      output: z.object({ url: z.string() }),
      status: 200,
    },
    unlink: {
      summary: 'Do not sign in with an account elsewhere any more; the last way in stays',
      access: 'user',
      key: 'never',
      recent: true,
      method: 'delete',
      path: '/auth/identities/:id',
      params: z.strictObject({ id: idInUrl }),
    },
  },
})

/** Separate from the operations, because they are not JSON: a browser goes there, or the provider sends a form. */
export const signOnTransfers = defineOperations({
  start: {
    summary: 'Sign in at a provider: leads the browser there, and from there back to `return_to`',
    access: 'public',
    method: 'get',
    path: '/auth/oidc/:id/start',
    params: providerId,
    query: z.strictObject({
      return_to: returnTo.default('/'),
      link: z.string().max(1_000).optional().describe('From `POST /auth/oidc/{id}/link`'),
    }),
    redirect: true,
    callsOut: true,
    errors: ['unavailable'],
  },
  callback: {
    summary: 'Where a provider sends the browser back to; signs in, or links an account',
    access: 'public',
    method: 'get',
    path: '/auth/oidc/:id/callback',
    params: providerId,
    query: z.object({ code: z.string().optional(), state: z.string().optional(), error: z.string().optional() }),
    redirect: true,
    callsOut: true,
    errors: ['unauthenticated', 'token_expired', 'session_ended', 'forbidden', 'account_disabled', 'conflict'],
  },
  backchannelLogout: {
    summary:
      'A provider says that a session, or all of a person, have ended there (OpenID Connect Back-Channel Logout)',
    access: 'public',
    method: 'post',
    path: '/auth/oidc/:id/backchannel-logout',
    params: providerId,
    body: z.object({ logout_token: z.string().min(1).max(16_384) }),
    urlEncoded: true,
    output: z.object({ ended: z.int().describe('Sessions') }),
    callsOut: true,
  },
})
