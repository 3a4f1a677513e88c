/** What an issuer has said of a person who signed in there. */
export interface ForeignIdentity {
  issuer: string
  /** Never changes and is never given to somebody else, unlike an e-mail address. */
  subject: string
  /** The session at the issuer, if it names one. */
  sid: string | null
  email: string | null
  /** Whether the issuer says that the address belongs to the person. */
  isEmailVerified: boolean
  username: string | null
  name: string | null
  /** By the claim that the configuration names; null when it names none. */
  isAdmin: boolean | null
  /** When the issuer said it, as an ISO string. */
  issuedAt: string
}

/** What must come back as it was sent; the browser keeps it, encrypted. */
export interface SignOnAttempt {
  state: string
  nonce: string
  verifier: string
}

/** A session, or all sessions of a person, have ended at the issuer. */
export interface ForeignLogout {
  issuer: string
  /** Names the message, so that it counts once. */
  jti: string
  subject: string | null
  sid: string | null
  issuedAt: string
}

export type ProviderFailure = 'unavailable' | 'refused' | 'invalid'

/** `unavailable`: the issuer does not answer; `refused`: it says no; `invalid`: what it or somebody else sent is wrong. */
export class ProviderError extends Error {
  readonly reason: ProviderFailure
  constructor(reason: ProviderFailure, cause?: unknown) {
    super(`sign-on failed: ${reason}`, { cause })
    this.reason = reason
  }
}

/** An issuer of OpenID Connect at which people may sign in. Every method throws `ProviderError`. */
export interface IdentityProvider {
  id: string
  name: string
  issuer: string
  /** Whether people without an account get one. */
  allowSignup: boolean
  /** Where to send a browser. */
  begin(redirectUri: string): Promise<{ url: string; attempt: SignOnAttempt }>
  /** @param answer the address to which the issuer sent the browser back */
  finish(answer: URL, attempt: SignOnAttempt): Promise<ForeignIdentity>
  /** Checks a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6). */
  readLogout(token: string): Promise<ForeignLogout>
}
