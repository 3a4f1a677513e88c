import { posix } from 'node:path'

const ofPrograms = /^\/(?:(?:api|ofrep|scim|socket\.io)(?:\/|$)|(?:(?:openapi|asyncapi)\.json|metrics)\/?$)/i

/** Nearly all calls, in a spelling that means nothing else. */
const plainOfApi = /^\/api\/[\w/-]+$/

/** Whether a path is a page about the API. */
export const isAboutApi = (path: string): boolean => /^(?:\/api(?:\/v1)?)?\/docs(?:\/|$)/.test(path)

/**
 * Whether a path belongs to the API, in any spelling. A program that asks for a wrong path must not get the page with
 * 200, and what it gets is data.
 */
export function isForPrograms(path: string): boolean {
  if (plainOfApi.test(path)) return true
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // The path as received.
  }
  return ofPrograms.test(posix.normalize(decoded.replaceAll('\\', '/')))
}

/**
 * Whether an issuer says that sessions have ended. It does not say so again when it is refused, and may say it of many
 * at once; what it sends is signed.
 */
export const isLogoutAtIssuer = (path: string): boolean =>
  /^\/api(?:\/v1)?\/auth\/oidc\/[^/]+\/backchannel-logout\/?$/.test(path)
