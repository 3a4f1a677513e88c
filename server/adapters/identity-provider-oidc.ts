import { createRemoteJWKSet, customFetch as joseFetch, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose'
import * as oidc from 'openid-client'
import {
  type ForeignIdentity,
  type ForeignLogout,
  type IdentityProvider,
  ProviderError,
  type SignOnAttempt,
} from '../ports/identity-provider.ts'
import { type Outbound, OutboundError } from '../ports/outbound.ts'
import { createBoundedFetch } from './bounded-fetch.ts'

/** Everybody waits for the issuer who signs in there; its documents have some kilobytes. */
const bounds = { timeoutMs: 5_000, maxBytes: 512 * 1024 }
/** How long what the issuer says of itself is kept. Short, so that nobody is sent to an issuer that is down. */
const discoveryMs = 30_000
const toleranceSeconds = 30
/** A logout token that was on its way for longer is not from the issuer. */
const logoutSeconds = 600
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
/** Asymmetric ones: a secret that clients know must not speak for the issuer. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519', 'RS384', 'PS384', 'ES384', 'RS512', 'PS512', 'ES512']

/** An issuer as the operator describes it. */
export interface OidcProviderSettings {
  id: string
  name: string
  issuer: string
  client_id: string
  client_secret: string
  scopes: readonly string[]
  allow_signup: boolean
  /** The claim that says who administers, and its values that mean it. */
  role_claim?: string | undefined
  admin_values: readonly string[]
}

interface Known {
  config: oidc.Configuration
  keys: ReturnType<typeof createRemoteJWKSet>
}

/** @param outbound may call private addresses, because the operator has chosen the issuer */
export function createOidcProvider(settings: OidcProviderSettings, outbound: Outbound): IdentityProvider {
  const { client_id, client_secret, issuer, scopes } = settings
  const fetch = createBoundedFetch(outbound, bounds)
  let known: { at: number; value: Promise<Known> } | undefined

  async function discover(): Promise<Known> {
    const config = await oidc.discovery(new URL(issuer), client_id, client_secret, undefined, {
      [oidc.customFetch]: fetch as never,
      timeout: bounds.timeoutMs / 1_000,
      execute: [
        // The signature is checked too, although the token comes from the issuer itself.
        oidc.enableNonRepudiationChecks,
        ...(new URL(issuer).protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
      ],
    })
    config[oidc.customFetch] = fetch as never
    const { jwks_uri } = config.serverMetadata()
    if (jwks_uri === undefined) throw new ProviderError('invalid')
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      [joseFetch]: fetch as never,
      timeoutDuration: bounds.timeoutMs,
    })
    return { config, keys }
  }

  /** Callers at the same time share one discovery; a failed one is not kept. */
  function knowing(): Promise<Known> {
    if (known && performance.now() - known.at < discoveryMs) return known.value
    const value = discover()
    const mine = (known = { at: performance.now(), value })
    value.catch(() => {
      if (known === mine) known = undefined
    })
    return value
  }

  return {
    id: settings.id,
    name: settings.name,
    issuer,
    allowSignup: settings.allow_signup,

    begin: redirectUri =>
      explained(async () => {
        const { config } = await knowing()
        const attempt = {
          state: oidc.randomState(),
          nonce: oidc.randomNonce(),
          verifier: oidc.randomPKCECodeVerifier(),
        }
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: scopes.join(' '),
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
        })
        return { url: url.href, attempt }
      }),

    finish: (answer, { state, nonce, verifier }: SignOnAttempt) =>
      explained(async () => {
        const { config } = await knowing()
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
        const tokens = await oidc.authorizationCodeGrant(config, answer, checks)
        const claims = tokens.claims()
        if (!claims) throw new ProviderError('invalid')
        const more = config.serverMetadata().userinfo_endpoint
          ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
          : {}
        return identityOf({ ...more, ...claims }, settings)
      }),

    readLogout: token =>
      explained(async () => {
        const { keys } = await knowing()
        const { typ } = decodeProtectedHeader(token)
        if (typ !== undefined && !/^((application\/)?logout\+)?jwt$/i.test(typ)) throw new ProviderError('invalid')
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: client_id,
          algorithms,
          clockTolerance: toleranceSeconds,
          maxTokenAge: logoutSeconds,
          requiredClaims: ['iat', 'jti', 'events'],
        })
        return logoutOf(payload, issuer)
      }),
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const isoOf = (seconds: number) => new Date(seconds * 1_000).toISOString()

function identityOf(claims: Record<string, unknown>, settings: OidcProviderSettings): ForeignIdentity {
  const { sub, iat } = claims as { sub: string; iat: number }
  return {
    issuer: settings.issuer,
    subject: sub,
    sid: text(claims.sid),
    email: text(claims.email),
    isEmailVerified: claims.email_verified === true,
    username: text(claims.preferred_username),
    name: text(claims.name),
    isAdmin: isAdminBy(claims, settings),
    issuedAt: isoOf(iat),
  }
}

/** The claim may hold one value or several. */
function isAdminBy(
  claims: Record<string, unknown>,
  { role_claim, admin_values }: OidcProviderSettings,
): boolean | null {
  if (role_claim === undefined) return null
  const values = [claims[role_claim]].flat()
  return values.some(value => typeof value === 'string' && admin_values.includes(value))
}

function logoutOf(payload: JWTPayload, issuer: string): ForeignLogout {
  const events = payload.events as Record<string, unknown> | null
  const isLogout = typeof events === 'object' && events !== null && typeof events[logoutEvent] === 'object'
  const [subject, sid] = [text(payload.sub), text(payload.sid)]
  // A token with a nonce is an ID token that somebody sends in its place.
  if (!isLogout || events[logoutEvent] === null || 'nonce' in payload || (subject === null && sid === null))
    throw new ProviderError('invalid')
  return { issuer, jti: payload.jti!, subject, sid, issuedAt: isoOf(payload.iat!) }
}

/** Says of each error which of the three it is. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ProviderError) throw error
    if (error instanceof oidc.AuthorizationResponseError) throw new ProviderError('refused', error)
    throw new ProviderError(isSilence(error) ? 'unavailable' : 'invalid', error)
  }
}

/** Whether the issuer did not answer, or answered that it cannot. */
function isSilence(error: unknown): boolean {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    if (one instanceof OutboundError || one.name === 'TimeoutError' || one.name === 'AbortError') return true
    if ('code' in one && one.code === 'ERR_JWKS_TIMEOUT') return true
    const { status } = (one.cause ?? {}) as { status?: number }
    if (status !== undefined && status >= 500) return true
  }
  return false
}
